#!/bin/sh
# Many at once: 2, 8 and 64 runs of a step, ROUNDS times each: one action.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
ROUNDS=${ROUNDS:-1000}

# crowd N PROGRAM VERB
crowd()
{
	rm -rf "$W"
	cp -a "$TMP/saved" "$W"
	rm -f "$TMP"/err.*
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		"$BIN/$2" -f "$W/model.yaml" --now "$NOW" \
		    >/dev/null 2>"$TMP/err.$i" &
	done
	wait
	cat "$TMP"/err.* >"$TMP/err"
	RC=0
	is "$(grep -c "end=done.* verb=$3 " "$TMP/err")" 1 'actions'
	is "$(grep -c 'exit=0 ms=' "$TMP/err")" "$1" 'runs that ended well'
}

world
run train-model
for step in train push; do
	program=train-model
	[ "$step" = train ] || program=deploy-model
	rm -rf "$TMP/saved"
	cp -a "$W" "$TMP/saved"
	for n in 2 8 64; do
		t "$n at once, $step, $ROUNDS rounds: one action"
		r=0
		while [ "$r" -lt "$ROUNDS" ] && [ "$bad" -eq 0 ]; do
			r=$((r + 1))
			crowd "$n" "$program" "$step"
		done
	done
	rm -rf "$W"
	cp -a "$TMP/saved" "$W"
	run "$program"
done
finish_all
