#!/bin/sh
# Stores that are away, full or odd, and trainers that do not play along.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

edit()
{
	sed -i "$1" "$W/model.yaml"
}

# trainer SCRIPT: a trainer of a few lines, beside what it may need
trainer()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$W/trainer"
	chmod +x "$W/trainer"
	edit 's,\[fit-labels\],[./trainer],'
}

# faulty FAULT TOOL: a run with a system call that fails; no leaks are
# looked for, because that is done by tracing as well
faulty()
{
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null \
	    -e inject="$1" "$BIN/$2" -f "$W/model.yaml" --now "$NOW" \
	    >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

log()
{
	jq -r ".log | $1" "$W/leases/train-model-issues.json"
}

t 'a store that is gone is no fresh start'
world
run train-model -C
want 0 'row="7 young enough"'
gen=$(ls "$W/models/models")
mv "$W/models" "$W/away"
untouched train-model
want 2 'row="13 store empty"' 'mount it' "$gen" "$NOW"
mkdir "$W/models"
untouched train-model
want 2 'row="13 store empty"'
rmdir "$W/models"
later '30 days'
untouched train-model --held-ok
want 0 'end=held'
untouched deploy-model
want 0 'end=settled'
mv "$W/away" "$W/models"
run train-model -n
want 2 'row="15 start a generation"'

t 'and after a dataset alone, and with a Lease from before the memo'
world
run train-model
mv "$W/models" "$W/away"
untouched train-model
want 2 'row="13 store empty"'
jq -c '.log.memo = {}' "$W/leases/train-model-issues.json" >"$TMP/state"
cp "$TMP/state" "$W/leases/train-model-issues.json"
untouched train-model
want 2 'row="13 store empty"'
edit 's/deadline: 1m}/deadline: 1m}\n    retry: "a new store"/'
run train-model
want 0 verb=build
rm -r "$W/models"
untouched train-model
want 2 'row="13 store empty"'

t 'what a store that is gone does not show is not ruled out'
world
run train-model
faulty 'renameat2:signal=KILL' train-model
mv "$W/models" "$W/away"
untouched train-model
want 0 'row="2 open intent"' 'cannot tell yet'
mv "$W/away" "$W/models"
run train-model -C
want 0 verb=close verb=train
is "$(log .failures) $(count models)" '0 1' 'failures, models'

t 'a file system that cannot rename without replacing'
for why in EINVAL ENOSYS; do
	world
	faulty "renameat2:error=$why" train-model
	want 0 verb=build
	faulty "renameat2:error=$why" train-model
	want 0 verb=train
	is "$(count datasets) $(count models) $(count tmp)" '1 1 0' \
	    'datasets, models, tmp'
done
world
run train-model
# shellcheck disable=SC2016
trainer 'mkdir "$MODELSYNC_DATASET/../../failed/$MODELSYNC_GENERATION"'
faulty renameat2:error=EINVAL train-model
want 1 'File exists'
is "$(find "$W/models/failed" -type f)" '' 'files in what stood there'

t 'a full disk before the trainer: exit 1, and no failed training'
world
run train-model
faulty mkdir:error=ENOSPC:when=7 train-model
want 1 'No space left'
is "$(log '"\(.failures) \(.outcomes[-1].result) \(.intent)"')" \
    '0 undone null' 'failures, result, intent'
run train-model
want 0 verb=train
world
faulty mkdir:error=EDQUOT:when=2 train-model
want 1 'quota'
run train-model
want 0 verb=build

t 'a full disk behind the trainer: what was paid for counts'
world
run train-model
faulty fsync:error=ENOSPC:when=5 train-model
want 1 'No space left'
is "$(log .failures)" 1 failures
run train-model
want 0 verb=train
is "$(count models) $(count tmp)" '1 0' 'models, tmp'

t 'what lost work left in tmp/ goes, whatever is built next'
world
faulty renameat2:signal=KILL train-model
is "$(count tmp)" 1 tmp
run train-model
want 0 verb=close
events 5 97 20 >>"$W/events/1.json"
run train-model
want 0 verb=build
is "$(count tmp) $(count datasets)" '0 1' 'tmp, datasets'

t 'a trainer is called by its own name, not by where a link leads'
world
mkdir -p "$W/venv/bin"
ln -s /bin/sh "$W/venv/bin/python"
# shellcheck disable=SC2016
edit 's,\[fit-labels\],[venv/bin/python\, -c\, "echo called $0; exit 9"],'
run train-model
run train-model
want 1 'exit 9'
is "$(cat "$W"/models/failed/*/trainer.log)" "called $W/venv/bin/python" \
    'called'
world
mkdir -p "$W/real"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "at $0"; exit 9\n' >"$W/real/script"
chmod +x "$W/real/script"
ln -s real/script "$W/trainer"
edit 's,\[fit-labels\],[./trainer],'
run train-model
run train-model
want 1 'exit 9'
is "$(cat "$W"/models/failed/*/trainer.log)" "at $W/./trainer" at

t 'an evaluation that is a pipe, a folder or a link is none'
for what in 'mkfifo evaluation.json' 'mkdir evaluation.json' \
    'echo "{}" >x; ln -s x evaluation.json'; do
	world
	trainer "$what"
	run train-model
	began=$(date +%s)
	run train-model
	[ $(($(date +%s) - began)) -le 10 ] || wrong 'it was waited for'
	want 1 'evaluation.json' 'regular file'
	is "$(count failed) $(count models)" '1 0' 'failed, models'
done

t 'nor is one read from a store'
world
run train-model -C
e=$(echo "$W"/models/models/*/evaluation.json)
mv "$e" "$W/e.json"
ln -s "$W/e.json" "$e"
untouched deploy-model
want 3 'evaluation.json' 'symbolic link'
rm "$e"
mkfifo "$e"
run deploy-model
want 3 'evaluation.json' 'not a regular file'

t 'a trainer that cannot be started is named, and is no failed training'
world
run train-model
printf '#!/no/such/shell\n' >"$W/trainer"
chmod +x "$W/trainer"
edit 's,\[fit-labels\],[./trainer],'
run train-model
want 3 "$W/./trainer" 'the interpreter it names' 'No such file'
is "$(log .failures) $(count failed)" '0 0' 'failures, failed'

t 'a run that is killed leaves nobody who could work beside the next'
world
# shellcheck disable=SC2016
trainer 'cd "$MODELSYNC_DATASET/../../.."
setsid sleep 60 3>&- &
echo $! >one
(setsid sh -c "sleep 60 & echo \$! >two; sleep 60" &)
while [ ! -s two ]; do sleep 0.05; done
echo $$ >pid
sleep 60'
run train-model
"$BIN/train-model" -f "$W/model.yaml" --now "$NOW" 2>/dev/null &
pid=$!
while [ ! -s "$W/pid" ]; do sleep 0.05; done
killed train-model $pid "$(cat "$W/pid")" "$(cat "$W/one")" "$(cat "$W/two")"
want 2 'row="2 open intent"'

finish_all
