#!/bin/sh
# The whole loop: from events to a merged proposal, and round again.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

t 'an empty store: the plan is a dataset, and a dry run changes nothing'
world
untouched train-model -n
want 2 'end=plan' 'row="15 start a generation"'
shows 'newest model           none' 'build datasets/issues-' 'digest sha256:'
untouched deploy-model -n
want 0 'row="3 no model yet"'
run deploy-model
want 0 'end=settled' 'row="3 no model yet"'

t 'the first run builds the dataset, the second trains, the third settles'
run train-model
want 0 'end=done' 'verb=build'
gen=$(ls "$W/models/datasets")
is "$(count datasets) $(count models)" '1 0' 'datasets, models'
untouched train-model -n
want 2 'row="3 open generation: train"'
run train-model
want 0 'end=done' 'verb=train' "generation=$gen"
is "$(ls "$W/models/models")" "$gen" 'the model'
is "$(count tmp)" 0 'left in tmp'
untouched train-model -n
want 0 'row="7 young enough"'
untouched train-model
want 0 'end=settled'

t 'the formats of the store'
m=$W/models/models/$gen
is "$(jq -r '[.version,.generation,.owner,.created,.examples]|join(" ")' \
    "$m/manifest.json")" "1 $gen local/issues 2026-10-01T00:00:00Z 96" manifest
is "$(jq -r '[.version,.generation,.holdout.examples]|join(" ")' \
    "$m/evaluation.json")" "1 $gen 20" evaluation
is "$(sha256sum <"$W/models/datasets/$gen/data.jsonl" | cut -d' ' -f1)" \
    "$(jq -r .inputHash "$m/manifest.json")" inputHash
is "$(wc -l <"$W/models/datasets/$gen/data.jsonl")" 96 'lines of data.jsonl'

t 'the plan of a proposal shows its exact diff'
untouched deploy-model -n
want 2 'row="14 no branch proposes it"'
shows '-          value: notavlidmodel   # none yet' \
    "+          value: $gen   # none yet" \
    '--- a/deployment/base/config.yaml' "+env: {MODEL: $gen}"
untouched deploy-model -n -o markdown
shows '```diff' "### deploy-model: plan for \`local/issues\`"
untouched deploy-model -n -o json
is "$(jq -r .verb "$TMP/out")" push 'verb in JSON'

t 'the proposal is one commit that changes three values and no other byte'
base=$(tip main)
run deploy-model
want 0 'end=done' 'verb=push'
is "$(git -C "$W/config.git" rev-parse auto-update^)" "$base" parent
is "$(git -C "$W/config.git" diff --numstat main auto-update | cut -f1,2,3 |
    tr '\t\n' '  ')" '1 1 deployment/Kptfile 1 1 deployment/base/config.yaml 1 1 deployment/base/env.yaml ' 'numstat'
for f in deployment/Kptfile deployment/base/config.yaml \
    deployment/base/env.yaml; do
	is "$(on auto-update "$f")" "$(on main "$f" |
	    sed "s/notavlidmodel/$gen/")" "$f"
done
is "$(git -C "$W/config.git" log -1 --format='%an <%ae> %aI %cn %cI' \
    auto-update)" 'Bot <bot@example.com> 2026-10-01T00:00:00+00:00 Bot 2026-10-01T00:00:00+00:00' 'who and when'
for trailer in "Model: $gen" "Generation: $gen" \
    'Data-Watermark: 2026-09-04T23:00:00Z' 'Evaluation: precision='; do
	git -C "$W/config.git" log -1 --format=%B auto-update |
	    git interpret-trailers --parse | grep -qF "$trailer" ||
	    wrong "no trailer $trailer"
done
git -C "$W/config.git" fsck --strict >"$TMP/out" 2>&1 || wrong 'fsck'

t 'while it waits for review nothing is written'
untouched deploy-model
want 0 'end=settled' 'row="18 waiting for review"'
untouched deploy-model -n

t 'merged: settled'
merge
untouched deploy-model
want 0 'row="9 git names the newest model"'
untouched train-model
want 0 'row="7 young enough"'

t 'a day later, with new data: one more round'
later '25 hours'
events 24 97 20 >"$W/events/2.json"
first=$gen
run train-model
want 0 verb=build
run train-model
want 0 verb=train
run train-model
want 0 'row="7 young enough"'
gen=$(jq -r 'select(.attempt==0)|[.created,.generation]|join(" ")' \
    "$W"/models/models/*/manifest.json | sort | tail -n 1 | cut -d' ' -f2)
is "$(jq -r .predecessor "$W/models/models/$gen/manifest.json")" "$first" \
    predecessor
run deploy-model
want 0 verb=push
is "$(git -C "$W/config.git" rev-parse auto-update^)" "$(tip main)" \
    'parent is base of today'
merge
untouched deploy-model
want 0 'row="9 git names the newest model"'

t 'a squash merge is a merge: the branch is used again'
later '25 hours'
run train-model -C
want 0 'row="7 young enough"'
run deploy-model
want 0 verb=push
git -C "$W/work" pull -q "$W/config.git" main
git -C "$W/work" fetch -q "$W/config.git" auto-update
git -C "$W/work" merge -q --squash FETCH_HEAD >"$TMP/out" 2>&1
git -C "$W/work" commit -q -m squashed
git -C "$W/work" push -q "$W/config.git" main
untouched deploy-model
want 0 'row="9 git names the newest model"'
later '25 hours'
run train-model -C
run deploy-model
want 0 verb=push
is "$(git -C "$W/config.git" rev-list --count main..auto-update)" 1 commits

t 'the same inputs give the same bytes, another day, another folder'
world
run train-model -C
run deploy-model
a=$(tip auto-update)
(cd "$W/models/models" && find . -type f -exec sha256sum {} + |
    sort) >"$TMP/first"
world
run train-model -C
run deploy-model
is "$(tip auto-update)" "$a" 'commit id'
(cd "$W/models/models" && find . -type f -exec sha256sum {} + |
    sort) >"$TMP/second"
cmp -s "$TMP/first" "$TMP/second" || wrong 'models differ'

finish_all
