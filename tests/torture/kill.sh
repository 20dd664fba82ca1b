#!/bin/sh
# Kill sweep: each step of the embedded run is killed at each of its system
# calls, then run again until settled.  The end must be the same: one model a
# generation, one commit, nothing half-written, nobody left alive.
#
# STEP=n takes every nth point (1: all of them).
. "$(dirname "$0")/../lib.sh"
STEP=${STEP:-1}

points=0
violations=0

violation()
{
	violations=$((violations + 1))
	echo "FAIL $1"
	tail -n 3 "$TMP/err"
	failed=1
}

# calls TOOL: system calls a run makes, as "name count" lines, for a world
calls()
{
	strace -qq -o "$TMP/trace" "$BIN/$1" -f "$W/model.yaml" \
	    --now "$NOW" 2>/dev/null
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$TMP/trace" | sort | uniq -c |
	    awk '$2 != "execve" && $2 !~ /^exit/ { print $2, $1 }'
}

# settle: both tools until neither does anything more
settle()
{
	for i in 1 2 3 4 5 6 7 8; do
		run train-model
		[ "$RC" -eq 0 ] || return 1
		grep -q 'end=settled' "$TMP/err" || continue
		later '15 minutes'
		run deploy-model
		[ "$RC" -eq 0 ] || return 1
		grep -q 'end=settled' "$TMP/err" && return 0
	done
	return 1
}

# What must be true at the end, wherever the kill was.
check_end()
{
	is "$(count datasets) $(count models) $(count failed) $(count tmp)" \
	    '1 1 0 0' 'datasets, models, failed, tmp'
	is "$(git -C "$W/config.git" rev-list --count main..auto-update)" 1 \
	    'commits'
	is "$(find "$W/config.git" -name '*.lock')" '' 'lock files'
	is "$(find "$W" -name '*.new')" '' 'half-written states'
	git -C "$W/config.git" fsck --strict >"$TMP/fsck" 2>&1 ||
	    wrong 'fsck'
	pgrep -f "$W" >/dev/null && wrong 'somebody lives'
}

# sweep NAME TOOL: the world in $START, killed at each point of a run
sweep()
{
	label=$1
	program=$2
	START=$W
	calls "$program" >"$TMP/calls"
	rm -rf "$W"
	cp -a "$TMP/saved" "$W"
	n=0
	while read -r call times; do
		k=0
		while [ "$k" -lt "$times" ]; do
			k=$((k + 1))
			n=$((n + 1))
			[ $((n % STEP)) -eq 0 ] || continue
			rm -rf "$W"
			cp -a "$TMP/saved" "$W"
			NOW=$SAVED_NOW
			strace -qq -o /dev/null \
			    -e inject="$call:signal=KILL:when=$k" \
			    "$BIN/$program" -f "$W/model.yaml" --now "$NOW" \
			    >/dev/null 2>"$TMP/err"
			RC=$?
			points=$((points + 1))
			if [ "$RC" -ne 137 ]; then
				violation "$label $call $k: exit $RC, not killed"
				continue
			fi
			t "$label killed at $call $k"
			settle || wrong 'does not settle'
			check_end
			[ "$bad" -eq 0 ] || violations=$((violations + 1))
			name=
		done
	done <"$TMP/calls"
	W=$START
	echo "ok   $label: killed at $n system calls / $STEP"
}

save()
{
	rm -rf "$TMP/saved"
	cp -a "$W" "$TMP/saved"
	SAVED_NOW=$NOW
}

# The exit status of a killed tracee is strace's own death by SIGKILL.
world
save
sweep 'build' train-model
rm -rf "$W"; cp -a "$TMP/saved" "$W"; NOW=$SAVED_NOW
run train-model
save
sweep 'train' train-model
rm -rf "$W"; cp -a "$TMP/saved" "$W"; NOW=$SAVED_NOW
run train-model
save
sweep 'push' deploy-model
rm -rf "$W"; cp -a "$TMP/saved" "$W"; NOW=$SAVED_NOW
# A run that closes what a killed one left.
strace -qq -o /dev/null -e inject=rename:signal=KILL:when=2 \
    "$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>/dev/null
save
sweep 'close' deploy-model

echo "kill sweep: $points points, $violations violations"
exit "$failed"
