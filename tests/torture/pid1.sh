#!/bin/sh
# The programs as PID 1, where the kernel's default signal actions do
# nothing: ended by SIGTERM, and by the alarm.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! unshare --pid --fork --mount-proc true 2>/dev/null; then
	echo "     no PID namespace may be made here: not run"
	exit 0
fi

# start ARG...: train-model as PID 1 of a namespace; $OUTER, and $INNER, its
# pid here
start()
{
	unshare --pid --fork --mount-proc "$BIN/train-model" \
	    -f "$W/model.yaml" --now "$NOW" "$@" 2>"$TMP/err" &
	OUTER=$!
	INNER=
	while [ -z "$INNER" ]; do
		INNER=$(pgrep -P "$OUTER" -x train-model)
	done
}

t 'PID 1, told to end while it trains: exit 1, nobody lives'
world
# shellcheck disable=SC2016
printf '#!/bin/sh\necho $$ >"$MODELSYNC_DATASET/../../../pid"\nsleep 60\n' \
    >"$W/hang"
chmod +x "$W/hang"
cp "$W/model.yaml" "$W/good.yaml"
sed -i 's,\[fit-labels\],[./hang],' "$W/model.yaml"
run train-model
start
while [ ! -s "$W/pid" ]; do sleep 0.05; done
began=$(date +%s)
kill -TERM "$INNER"
wait "$OUTER"
RC=$?
want 1 'told to end'
[ $(($(date +%s) - began)) -le 20 ] || wrong 'took longer than 20 s'
pgrep -f "$W/hang" >/dev/null && wrong 'the trainer lives'
cp "$W/good.yaml" "$W/model.yaml"
run train-model
want 0 verb=train

t 'PID 1, ended by the alarm while it reads'
world
awk 'BEGIN { for (i = 0; i < 300000; i++) printf "{\"type\":\"PushEvent\"," \
    "\"id\":\"%d\",\"repo\":{\"name\":\"acme/app\"},\"payload\":{}," \
    "\"created_at\":\"2026-09-01T00:00:00Z\"}\n", i }' | gzip -1 >"$W/part.gz"
for _ in 0 1 2 3 4 5 6 7 8 9; do	# one file of many members
	cat "$W/part.gz" "$W/part.gz" "$W/part.gz" "$W/part.gz"
done >"$W/events/0.json.gz"
sed -i 's,events/\*\.json,events/*.json*,' "$W/model.yaml"
start --deadline 1s
kill -STOP "$INNER"
sleep 1.2
kill -CONT "$INNER"
wait "$OUTER"
RC=$?
want 1 'the deadline of the run passed'
is "$(count datasets)" 0 datasets
rm "$W/events/0.json.gz"
run train-model
want 0 verb=build

finish_all
