#!/bin/sh
# The guard: many at once, killed runs, held Leases, expected plans.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# eight TOOL: at once; how many of them did something, in $DID
eight()
{
	for i in 1 2 3 4 5 6 7 8; do
		"$BIN/$1" -f "$W/model.yaml" --now "$NOW" \
		    2>"$TMP/err.$i" >/dev/null &
	done
	wait
	DID=$(cat "$TMP"/err.[1-8] | grep -c 'end=done')
	RC=$(cat "$TMP"/err.[1-8] | grep -vcE 'exit=0 ms=')
	cat "$TMP"/err.[1-8] >"$TMP/err"
}

t 'eight train-model at once: one action by the eight together'
world
# Enough to read that all eight look before the first can act.
awk 'BEGIN { for (i = 0; i < 400000; i++) printf "{\"type\":\"PushEvent\"," \
    "\"id\":\"%d\",\"repo\":{\"name\":\"acme/app\"},\"payload\":{}," \
    "\"created_at\":\"2026-09-01T00:00:00Z\"}\n", i }' >"$W/events/0.json"
eight train-model
is "$DID $RC" '1 0' 'actions, failures'
is "$(count datasets)" 1 datasets
eight train-model
is "$DID $RC" '1 0' 'actions, failures'
is "$(count models)" 1 models
eight train-model
is "$DID $RC" '0 0' 'actions, failures'

t 'eight deploy-model at once: one commit'
eight deploy-model
is "$DID $RC" '1 0' 'actions, failures'
is "$(git -C "$W/config.git" rev-list --count main..auto-update)" 1 commits
eight deploy-model
is "$DID $RC" '0 0' 'actions, failures'
RC=

t 'events appended between every two runs: one generation, one training'
world
more=97
for i in 1 2 3 4 5; do
	events 5 $more $((10 + i)) >>"$W/events/1.json"
	more=$((more + 5))
	run train-model
	[ "$RC" -eq 0 ] || wrong "run $i"
done
is "$(count datasets) $(count models)" '1 1' 'datasets, models'
want 0 'row="7 young enough"'

t 'the document edited during a training: the same generation'
world
run train-model
gen=$(ls "$W/models/datasets")
sed -i 's/minimumCount: 20/minimumCount: 21/' "$W/model.yaml"
run train-model
want 0 verb=train "generation=$gen"
is "$(ls "$W/models/models")" "$gen" model
run train-model
want 0 verb=build 'was trained to another spec'
is "$(count datasets)" 2 datasets

t 'a document edited while the trainer runs changes nothing of it'
world
cat >"$W/slow" <<'X'
#!/bin/sh
sed -i 's/minimumCount: 20/minimumCount: 22/' "$MODELSYNC_DATASET/../../../model.yaml"
exec "$(cat "$MODELSYNC_DATASET/../../../bin")/fit-labels"
X
chmod +x "$W/slow"
echo "$BIN" >"$W/bin"
sed -i "s,\[fit-labels\],[./slow]," "$W/model.yaml"
run train-model
gen=$(ls "$W/models/datasets")
run train-model
want 0 verb=train
is "$(ls "$W/models/models")" "$gen" model

t 'killed while training: no second trainer, the same generation again'
world
cat >"$W/hang" <<'X'
#!/bin/sh
echo $$ >>"$MODELSYNC_DATASET/../../../pids"
exec sleep 30
X
chmod +x "$W/hang"
sed "s,\[fit-labels\],[./hang]," "$W/model.yaml" >"$W/hang.yaml"
run train-model
gen=$(ls "$W/models/datasets")
"$BIN/train-model" -f "$W/hang.yaml" --now "$NOW" 2>/dev/null &
pid=$!
while [ ! -s "$W/pids" ]; do sleep 0.05; done
run train-model
want 0 'end=busy' 'is held by'
untouched train-model -n
want 0 'end=busy'
killed train-model $pid "$(cat "$W/pids")"
untouched train-model -n
want 2 'row="2 open intent"'
run train-model
want 0 'row="2 open intent"' verb=close
run train-model
want 0 verb=train "generation=$gen"
is "$(count models) $(count failed)" '1 0' 'models, failures'

t 'told to end while training: exit 1, the trainer too'
world
sed "s,\[fit-labels\],[./hang]," "$W/model.yaml" >"$W/hang.yaml"
cp "$TMP"/world-*/hang "$W/" 2>/dev/null
run train-model
"$BIN/train-model" -f "$W/hang.yaml" --now "$NOW" 2>"$TMP/err" &
pid=$!
while [ ! -s "$W/pids" ]; do sleep 0.05; done
kill -TERM $pid
wait $pid
RC=$?
want 1 'told to end'
is "$(jq -c '[.log.intent, .log.outcomes[-1].result]' \
    "$W/leases/train-model-issues.json")" '[null,"lost"]' 'the outcome'
run train-model
want 0 verb=train

t 'cut short too often: hold, until the retry text is new'
world
cp "$TMP"/world-*/hang "$W/" 2>/dev/null
sed "s,\[fit-labels\],[./hang]," "$W/model.yaml" >"$W/hang.yaml"
run train-model
for i in 1 2 3; do
	rm -f "$W/pids"
	"$BIN/train-model" -f "$W/hang.yaml" --now "$NOW" 2>/dev/null &
	pid=$!
	while [ ! -s "$W/pids" ]; do sleep 0.05; done
	killed train-model $pid "$(cat "$W/pids")"
	run train-model
	want 0 verb=close
done
untouched train-model
want 2 'end=held' 'cut short 3 times'
untouched train-model --held-ok
want 0 'end=held'
sed -i 's/deadline: 1m}/deadline: 1m}\n    retry: "node repaired"/' \
    "$W/model.yaml"
run train-model
want 0 verb=train

t 'a plan that was expected is carried out, another is not'
world
run train-model -n
digest=$(sed -n 's/^digest //p' "$TMP/out")
events 1 97 28 >>"$W/events/1.json"
untouched train-model -e "$digest"
want 2 'not the one expected'
run train-model -n
digest=$(sed -n 's/^digest //p' "$TMP/out")
run train-model -e "$digest"
want 0 end=done
run train-model -e "$digest" -C
want 3 'give one of them'

t 'catching up: many runs, one action each'
world
run train-model --catch-up
want 0 verb=build verb=train 'row="7 young enough"'
is "$(grep -c 'level=info' "$TMP/err")" 3 runs
run deploy-model -C
want 0 verb=push 'row="18 waiting for review"'

t 'done and gone: it comes back, but not at once'
git -C "$W/config.git" update-ref -d refs/heads/auto-update
untouched deploy-model
want 0 'row="not visible yet"'
later '15 minutes'
run deploy-model
want 0 verb=push

# reopen: the last thing done is an intent again, as if its run had been killed
reopen()
{
	s=$W/leases/deploy-model-issues.json
	jq -c --arg base "$(tip main)" '.log.intent = (.log.outcomes[-1] |
	    {verb, target, generation, base: $base, document: "x", at,
	    duration: 65}) | .log.outcomes = []' "$s" >"$TMP/state"
	cp "$TMP/state" "$s"
	lock=$W/config.git/refs/heads/auto-update.lock
}

# died: what a deploy-model leaves that is killed as it moves the branch
died()
{
	world
	run train-model -C
	run deploy-model
	git -C "$W/config.git" update-ref -d refs/heads/auto-update
	reopen
	touch -d "${1:-$NOW}" "$lock"
}

t 'killed as it moved the branch: its lock goes with its intent'
for made in 2026-10-01T00:00:00Z 2026-10-01T00:01:05Z; do
	died $made
	untouched deploy-model -n
	want 2 'row="2 open intent"' 'was cut short'
	run deploy-model
	want 0 verb=close
	[ ! -e "$lock" ] || wrong 'the lock is there'
	run deploy-model
	want 0 verb=push
done

t 'a lock made before the step or after its time is not ours to remove'
for made in 2026-09-30T23:59:59Z 2026-10-01T00:01:06Z; do
	died $made
	run deploy-model
	want 0 verb=close
	run deploy-model
	want 1 "$lock"
	[ -e "$lock" ] || wrong "the lock of $made is gone"
done

t 'a branch that was moved before the kill is found, not moved again'
world
run train-model -C
run deploy-model
at=$(tip auto-update)
reopen
run deploy-model
want 0 verb=close 'was done'
is "$(jq -r '.log.outcomes[-1].result' "$s")" 'done' result
run deploy-model
want 0 'row="18 waiting for review"'
is "$(tip auto-update)" "$at" 'the branch'

t 'a lock beside it is of somebody who came later'
reopen
touch -d "$NOW" "$lock"
run deploy-model
want 0 verb=close 'was done'
[ -e "$lock" ] || wrong 'the lock is gone'

t 'unless it is what is left of moving the branch'
reopen
ln -f "$W/config.git/refs/heads/auto-update" "$lock"
touch -d "$NOW" "$lock"
run deploy-model
want 0 verb=close 'was done'
[ ! -e "$lock" ] || wrong 'the lock is there'
is "$(tip auto-update)" "$at" 'the branch'

finish_all
