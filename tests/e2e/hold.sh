#!/bin/sh
# People win: holds, suspension, values set by hand, rollback, the branch.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# A world with one model, proposed and merged.
live_world()
{
	world
	run train-model -C
	run deploy-model
	first=$(ls "$W/models/models")
	merge
}

# And a second model that waits to be proposed.
second_model()
{
	later '25 hours'
	run train-model -C
	second=$(find "$W/models/models" -mindepth 1 -maxdepth 1 \
	    ! -name "$first" -printf '%f\n')
}

set_everywhere()
{
	echo "sed -i 's/$1/$2/' deployment/Kptfile deployment/base/*.yaml"
}

t 'suspended: everything is observed, nothing is done'
world
sed -i 's/^spec:/spec:\n  suspend: true/' "$W/model.yaml"
untouched train-model
want 2 'row="1 suspended"'
untouched deploy-model --held-ok
want 0 'row="1 suspended"'

t 'a hold in the document, and its end'
live_world
second_model
cp "$W/model.yaml" "$W/free.yaml"
cat >>"$W/model.yaml" <<X
  hold: [{model: "*", until: "2026-10-03T00:00:00Z", reason: incident 7}]
X
untouched deploy-model
want 2 'end=held' 'incident 7'
later '24 hours'
run deploy-model
want 0 verb=push

t 'a model below the gate is passed over, with its figures'
live_world
second_model
sed -i 's/precision: 0.70, recall: 0.30/precision: 1, recall: 1/' \
    "$W/model.yaml"
e=$W/models/models/$second/evaluation.json
jq -c '.micro.precision=0.5' "$e" >"$TMP/e" && cp "$TMP/e" "$e"
untouched deploy-model
want 0 'row="9 no model passes the gate"' 'precision 0.500'
cat >>"$W/model.yaml" <<X
  override: [{model: $second, skip: [gate], by: ada, reason: seen by eye}]
X
run deploy-model
want 0 verb=push

t 'copies that differ by a hand: hold, naming both places'
live_world
person main "sed -i 's/MODEL: .*}/MODEL: mine}/' deployment/base/env.yaml"
second_model
untouched deploy-model
want 2 'row="4 copies differ"' 'deployment/base/env.yaml:1:14' \
    'deployment/Kptfile:11:18' 'of Ada <ada@example.com>'

t 'a value set by hand everywhere: hold'
live_world
person main "$(set_everywhere "$first" their-model)"
second_model
untouched deploy-model
want 2 'row="5 live set by a person"' 'their-model'

t 'a rollback holds the model that was rolled back, and only that'
live_world
second_model
run deploy-model
merge
person main "$(set_everywhere "$second" "$first")" 'Revert'
untouched deploy-model
want 2 'row="9 only holds stand in the way"' "$second was rolled back"
later '25 hours'
run train-model -C
run deploy-model
want 0 verb=push
third=$(git -C "$W/config.git" log -1 --format=%B auto-update |
    sed -n 's/^Model: //p')
[ "$third" != "$second" ] || wrong 'the same model again'

# rolled_back CHANGE: a second model goes live, the first is set again, and then
# base is changed; nothing may be proposed.
rolled_back()
{
	live_world
	second_model
	run deploy-model
	merge
	person main "$(set_everywhere "$second" "$first")" 'Revert'
	person main "$1" 'Restructure'
	later '25 hours'
	untouched deploy-model
	want 2 'row="9 only holds stand in the way"' "$second was rolled back"
}

t 'a rollback is remembered when the file of live is renamed'
rolled_back 'mkdir deployment/app && git mv deployment/Kptfile deployment/app/'

t 'and when all files are moved, and the document with them'
# shellcheck disable=SC2016
rolled_back 'git mv deployment production
    sed -i s,deployment,production, "$W/model.yaml"'

t 'and when the file went before another came'
rolled_back 'cp deployment/Kptfile ../kept
    git rm -q deployment/Kptfile
    git commit -q -m Gone
    mkdir deployment/app && mv ../kept deployment/app/Kptfile
    git add deployment'

t 'and when live was at another place, which is still there'
rolled_back 'mkdir deployment/A && cp deployment/Kptfile deployment/A/
    git add deployment'

t 'a copy set by hand is a hand, whatever the date of its commit'
live_world
GIT_COMMITTER_DATE=2020-01-01T00:00:00Z \
    person main "sed -i 's/MODEL: .*}/MODEL: mine}/' deployment/base/env.yaml"
second_model
untouched deploy-model
want 2 'row="4 copies differ"' 'deployment/base/env.yaml:1:14'

t 'a copy left behind is made equal, also when its commit has a late date'
world
GIT_COMMITTER_DATE=2026-12-01T00:00:00Z \
    person main "sed -i 's/MODEL: .*}/MODEL: old}/' deployment/base/env.yaml"
person main "sed -i '/value:/s/notavlidmodel/issues-0123456789ab/' deployment/Kptfile
    sed -i 's/notavlidmodel/issues-0123456789ab/' deployment/base/config.yaml"
run train-model -C
run deploy-model
want 0 verb=push

t 'also when it was moved since'
git -C "$W/config.git" update-ref -d refs/heads/auto-update
rm -r "$W/leases"
person main 'mkdir deployment/later && git mv deployment/base/env.yaml deployment/later/'
sed -i 's,base/env.yaml,later/env.yaml,' "$W/model.yaml"
run deploy-model
want 0 verb=push

t 'a hold on every model stops the proposal that makes copies equal'
live_world
person main "sed -i 's/MODEL: .*}/MODEL: notavlidmodel}/' deployment/base/env.yaml"
later '15 minutes'
cp "$W/model.yaml" "$W/free.yaml"
untouched deploy-model -n
want 2 verb=push
cat >>"$W/model.yaml" <<X
  hold: [{model: "*", reason: incident 7}]
X
untouched deploy-model
want 2 'row="9 only holds stand in the way"' 'incident 7' \
    'deployment/base/env.yaml:1:14'
cp "$W/free.yaml" "$W/model.yaml"
run deploy-model
want 0 verb=push

t 'a commit of a person on the branch holds the branch'
live_world
second_model
run deploy-model
person auto-update "echo '# checked' >>deployment/base/config.yaml"
was=$(tip auto-update)
untouched deploy-model
want 2 'row="11 branch held"' 'of Ada'
later '25 hours'
run train-model -C
untouched deploy-model
want 2 'row="11 branch held"'
is "$(tip auto-update)" "$was" 'the branch'

t 'a marked file that changed on base: the proposal is made anew'
live_world
second_model
run deploy-model
person main "echo '# new line' >>deployment/base/config.yaml"
run deploy-model
want 0 'row="17 refresh"' verb=push
is "$(git -C "$W/config.git" rev-parse auto-update^)" "$(tip main)" parent
on auto-update deployment/base/config.yaml | grep -q '# new line' ||
    wrong 'the line is lost'

t 'a marked file that went from base: the proposal is made anew'
person main 'git rm -q deployment/base/config.yaml'
run deploy-model
want 0 'row="17 refresh"' verb=push 'deployment/base/config.yaml changed'
is "$(git -C "$W/config.git" rev-parse auto-update^)" "$(tip main)" parent

t 'a field that moved on base: the proposal is made anew'
person main 'mkdir deployment/later && git mv deployment/base/env.yaml deployment/later/'
sed -i 's,base/env.yaml,later/env.yaml,' "$W/model.yaml"
later '15 minutes'
untouched deploy-model -n
want 2 'row="14 branch names another"' 'no file deployment/later/env.yaml'
run deploy-model
want 0 verb=push
is "$(git -C "$W/config.git" rev-parse auto-update^)" "$(tip main)" parent
on auto-update deployment/later/env.yaml | grep -q "$second" ||
    wrong 'the field is not set'
later '15 minutes'

t 'other commits on base are no reason to write'
for i in 1 2 3 4 5; do
	person main "echo $i >>README.md"
done
untouched deploy-model
want 0 'row="18 waiting for review"'

t 'a live model that was deleted: go on, and say so'
live_world
second_model
rm -rf "$W/models/models/$first" "$W/models/datasets/$first"
run deploy-model
want 0 verb=push 'compared with nothing'

t 'a branch that is checked out is not moved'
world
git clone -q "$W/config.git" "$W/checkout" 2>/dev/null
git -C "$W/checkout" checkout -q -b auto-update
sed -i 's,url: config.git,url: checkout,' "$W/model.yaml"
run train-model -C
run deploy-model
want 3 'checked out'

finish_all
