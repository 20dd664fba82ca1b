#!/bin/sh
# AutoML from an empty project to a proposed model that serves, and what goes
# wrong on the way; all simulated.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

# automl [SERVING]: a project with AutoML.
automl()
{
	cloud 'automl: {project: p, store: "gs://bucket/models", displayName: kubeflow_issues, settle: 10m}' "$@"
}

# until_imported: all steps up to the training.
until_imported()
{
	does measure
	does choose
	does export
	does dataset
	does import
	elapse 60
}

t 'from an empty project to a proposed model that serves, step by step'
automl '{when: proposed}'
until_imported
does train
run train-model
want 0 'row="3 open generation: running"'
elapse 3600
does register
run train-model
want 0 end=settled 'row="7 '
is "$(google_state '[(.trainings | length), (.jobs | length), (.datasets | length)]')" \
    '[1,2,1]' 'trainings, jobs and datasets'
id=$(google_state '.models[0].name' | tr -d '"')
run deploy-model
want 0 verb=serve
run deploy-model
want 0 'row="12 make servable"' 'being deployed'
elapse 120
run deploy-model
want 0 verb=push
is "$(on auto-update deployment/Kptfile | grep -c "value: $id")" 1 \
    'the proposal names the model'
merge
run deploy-model
want 0 end=settled 'git names the newest'
is "$(google_state '.models[0].deploymentState')" '"DEPLOYED"' serving
is "$(exchanges)" '10 7 8 7 9 9 9 10 7 / 6 6 5 5' 'exchanges of each run'

# strangers_train ORDER: the answer to our models.create is lost while two
# strangers train; theirs end before ours, or after it.
strangers_train()
{
	automl
	until_imported
	google automl "{\"strangers\": {\"running\": [$1]}}"
	world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-after"}'
	run train-model
	want 1 verb=train
	world_fault off
	run train-model
	want 0 'row="2 open intent"' 'cannot tell'
	elapse 1200
	run train-model
	want 0 'row="2 open intent"' 'cannot tell'
	elapse 2500
	run train-model
	want 0 verb=close
	run train-model
	want 0 verb=register
	is "$(google_state '[.trainings[].generation] | unique | length')" 1 \
	    generations
	is "$(google_state '.trainings | length')" 1 'trainings of ours'
}

t 'the answer to models.create is lost; the strangers finish first'
strangers_train 600,900
t 'the answer to models.create is lost; the strangers finish last'
strangers_train 7200,9000

# nameless PATH: the next POST there is done, and the answer is {}.
nameless()
{
	world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"$1\"}, \"kind\": \"status-after\", \"status\": 200, \"body\": {}}"
}

t 'the answer to models.create has no name: it is looked for, not begun again'
automl
until_imported
nameless 'models$'
run train-model
want 1 verb=train 'the answer has no name'
world_fault off
elapse 1200
run train-model
want 0 'row="2 open intent"' 'cannot tell' 'operations/'
elapse 2500
does close
does register
is "$(google_state '.trainings | length')" 1 trainings

t 'a manifest that nobody wrote, though the answer is 200: it is chosen again'
automl
does measure
world_fault '{"match": {"method": "POST", "path": "upload/"}, "kind": "status", "status": 200, "body": {}}'
run train-model
want 1 verb=choose 'the answer has no name'
world_fault off
does close
does choose
does export

t 'the answer to a deployment has no name: it is seen to serve'
automl '{when: proposed}'
until_imported
does train
elapse 3600
does register
nameless ':deploy$'
run deploy-model
want 1 verb=serve 'the answer has no name'
world_fault off
elapse 120
run deploy-model
want 0 verb=close
run deploy-model
want 0 verb=push
is "$(google_state '.models[0].deploymentState')" '"DEPLOYED"' serving

t 'models.create never arrived: it is begun again, not before it would show'
automl
until_imported
google automl '{"strangers": {"running": [7200]}}'
elapse 3600
world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-before"}'
run train-model
want 1 verb=train
world_fault off
elapse 120
run train-model
want 0 'cannot tell'
elapse 900
run train-model
want 0 verb=close 'was cut short'
does train
is "$(google_state '.trainings | length')" 1 trainings

# gone_result: the model that ours came to is not listed, nor got by name.
gone_result()
{
	world_fault '[{"match": {"method": "GET", "path": "locations/[^/]*/models$"}, "kind": "status", "status": 200, "body": {}, "times": 0},
	    {"match": {"method": "GET", "path": "models/TCN"}, "kind": "status", "status": 404, "body": true, "times": 0}]'
}

t 'the answer is lost and what ours came to is gone: nobody trains again'
automl
sed -i 's|settle: 10m|settle: 10m, deadline: 2h|' "$W/model.yaml"
google automl '{"seconds": {"train": 60}}'
until_imported
world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-after"}'
run train-model
want 1 verb=train
op=$(google_state '.operations[-1].name' | tr -d '"')
gone_result
elapse 1200
run train-model
want 0 'row="2 open intent"' 'cannot tell' "$op" 'its result is gone'
elapse 6200
run train-model
want 2 'row="2 open intent"' "$op"
is "$(google_state '.trainings | length')" 1 trainings
world_fault off
does close
does register
is "$(google_state '.trainings | length')" 1 trainings

t 'the answer is lost and an operation has no metadata: waited for, then held'
automl
google automl '{"seconds": {"train": 200000}}'
until_imported
world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-after"}'
run train-model
want 1 verb=train
world_fault off
op=$(google_state '.operations[-1].name' | tr -d '"')
google automl "{\"spoil\": \"$op\"}"
elapse 1200
run train-model
want 0 'row="2 open intent"' 'cannot tell' "$op"
run deploy-model
want 0 end=settled
elapse 84900
run train-model
want 0 'row="2 open intent"' "$op"
elapse 600
run train-model
want 2 'row="2 open intent"' "$op" 'the deadline is over'
run train-model --held-ok
want 0 end=held "$op"
is "$(google_state '.trainings | length')" 1 trainings
google automl "{\"forget\": \"$op\"}"
run train-model
want 0 verb=close 'was cut short'

t 'an operation of ours without metadata is known by its name'
automl
until_imported
does train
op=$(google_state '.operations[-1].name' | tr -d '"')
google automl "{\"spoil\": \"$op\"}"
elapse 1200
run train-model
want 0 'row="3 open generation: running"' "$op"
elapse 2400
does register
is "$(google_state '.trainings | length')" 1 trainings

t 'a stranger'"'"'s operation without metadata blocks nothing when it says whose it is'
automl
until_imported
google automl '{"strangers": {"running": [60]}}'
op=$(google_state '.operations[-1].name' | tr -d '"')
google automl "{\"spoil\": \"$op\"}"
world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-before"}'
run train-model
want 1 verb=train
world_fault off
run train-model
want 0 'row="2 open intent"' "$op"
elapse 1200
run train-model
want 0 verb=close 'was cut short'
does train
is "$(google_state '.trainings | length')" 1 trainings

t 'the answer to an import is lost and a stranger'"'"'s fails: the examples decide'
automl
does measure
does choose
does export
does dataset
google automl '{"fail": {"import": {"code": 3, "message": "their fault"}}, "strangers": {"began": ["import"]}}'
world_fault '{"match": {"method": "POST", "path": "importData$"}, "kind": "cut-after"}'
run train-model
want 1 verb=import
world_fault off
elapse 1200
does close
does train
elapse 3600
does register
is "$(google_state '[(.trainings | length), (.datasets | length)]')" '[1,1]' \
    'trainings and datasets'

# lose_lease: with its memory.
lose_lease()
{
	rm -r "$W/leases"
}

t 'the Lease is lost while ours trains: it is not begun again'
automl
until_imported
does train
lose_lease
run train-model
want 0 'row="3 open generation: unreadable"' 'operations/' 'goes on'
elapse 1200
run train-model
want 0 'row="3 open generation: unreadable"'
elapse 2400
does register
is "$(google_state '.trainings | length')" 1 trainings

t 'the Lease is lost and ours is not listed yet: it is not begun again'
automl
google automl '{"late": 300}'
does measure
does choose
does export
does dataset
elapse 300
does import
elapse 300
does train
lose_lease
run train-model
want 0 verb=recall
run train-model
want 0 'row="3 open generation: running"' 'is listed by'
elapse 610
run train-model
want 0 'row="3 open generation: unreadable"' 'operations/' 'goes on'
elapse 3600
does register
is "$(google_state '.trainings | length')" 1 trainings

t 'the Lease is lost before anything of ours trains: it begins, once'
automl
until_imported
google automl '{"strangers": {"running": [60]}}'
lose_lease
run train-model
want 0 'row="3 open generation: unreadable"'
elapse 120
does recall
run train-model
want 0 'row="3 open generation: running"'
elapse 610
does train
elapse 3600
does register
is "$(google_state '[(.trainings | length), (.datasets | length)]')" '[1,1]' \
    'trainings and datasets'

t 'the Lease is lost after each step: one dataset, one import, one training'
automl
does measure
for verb in choose export dataset import train; do
	for n in 1 2 3 4; do
		run train-model
		elapse 660
		! grep -q "verb=$verb" "$TMP/err" || break
	done
	want 0 end=done "verb=$verb"
	lose_lease
done
elapse 3600
does register
is "$(google_state '[(.trainings | length), (.datasets | length), ([.operations[] | select(.metadata.importDataDetails)] | length)]')" \
    '[1,1,1]' 'trainings, datasets, imports'

t 'events arriving between all steps: one generation, one training'
automl
arriving 3600 measure choose export dataset import train register
run train-model
want 0 end=settled 'row="7 '
is "$(google_state '[(.trainings | length), (.datasets | length), ([.jobs[] | select(.export)] | length)]')" \
    '[1,1,1]' 'trainings, datasets and exports'
is "$(google_state '[.objects | keys[] | select(contains("manifest.json"))] | length')" \
    2 'manifests, of one generation'

t 'the answer is lost and ours fails: recorded as failed, when it is certain'
automl
until_imported
google automl '{"seconds": {"train": 60}, "fail": {"train": {"code": 8, "message": "no quota"}}}'
world_fault '{"match": {"method": "POST", "path": "models$"}, "kind": "cut-after"}'
run train-model
want 1 verb=train
world_fault off
elapse 120
run train-model
want 0 'cannot tell'
elapse 900
run train-model
want 0 verb=close
run train-model
want 0 verb=fail 'no quota'
is "$(google_state '.trainings | length')" 1 trainings

t 'an operation that cannot be read blocks, and then a person must look'
automl
until_imported
does train
op=$(google_state '.operations[-1].name' | tr -d '"')
world_fault "{\"match\": {\"path\": \"${op##*/}\"}, \"kind\": \"status\", \"status\": 200, \"body\": {\"metadata\": {}}, \"times\": 0, \"headers\": {\"Content-Type\": \"application/json\"}}"
elapse 3600
sed -i 's|settle: 10m|settle: 10m, deadline: 2h|' "$W/model.yaml"
run train-model
want 0 verb=register
automl
until_imported
google automl '{"seconds": {"train": 80000}}'
does train
op=$(google_state '.operations[-1].name' | tr -d '"')
world_fault "{\"match\": {\"path\": \"${op##*/}\"}, \"kind\": \"status\", \"status\": 200, \"body\": {\"metadata\": {}}, \"times\": 0, \"headers\": {\"Content-Type\": \"application/json\"}}"
run train-model
want 0 'row="3 open generation: unreadable"'
sed -i 's|settle: 10m|settle: 10m, deadline: 2h|' "$W/model.yaml"
elapse 7300
run train-model
want 2 'row="3 open generation: overdue"'

t 'a training that fails is recorded, and the next waits'
automl
until_imported
google automl '{"fail": {"train": {"code": 13, "message": "out of order"}}}'
does train
elapse 3600
run train-model
want 0 verb=fail 'out of order'
run train-model
want 0 'row="10 backing off"'
is "$(google_state '[.objects | keys[] | select(contains("failed/"))] | length')" 1 \
    'failures recorded'

t 'a training that takes too long is held for a person'
automl
sed -i 's|settle: 10m|settle: 10m, deadline: 1h|' "$W/model.yaml"
google automl '{"seconds": {"train": 86400}}'
until_imported
does train
elapse 7200
run train-model
want 2 'row="3 open generation: overdue"'

t 'an operation that was forgotten: the lists have to do'
automl
until_imported
does train
op=$(google_state '.operations[-1].name' | tr -d '"')
google automl "{\"forget\": \"$op\"}"
run train-model
want 0 'row="3 open generation: unreadable"' 'is gone, and its result is not listed'
elapse 3600
does register

t 'other people: their models and operations are no business of ours'
automl
google automl '{"strangers": {"models": 50, "operations": 50, "running": [60, 60]}, "page": 7}'
until_imported
does train
elapse 3600
does register
run deploy-model
want 0 verb=push

t 'a model of before us is taken over, and is never ours to delete'
automl '{when: merged, keep: 1h}'
google automl '{"old": {"displayName": "kubeflow_issues", "age": 3600}}'
run train-model
want 0 end=settled 'row="7 '
elapse 90000
does measure
finish_all
