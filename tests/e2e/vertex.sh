#!/bin/sh
# From an empty project to a proposed model: BigQuery, Cloud Storage and a
# custom job of Vertex AI that really runs fit-labels, all simulated.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

vertex='vertex: {project: p, location: us-central1, store: "gs://bucket/models", image: fit}'

# vertex [SERVING]: a project that can run our trainer.
vertex()
{
	cloud "$vertex" "$@"
	google images "{\"image\": \"fit\", \"command\": [\"$BIN/fit-labels\"]}"
}

t 'from an empty project to a model that is proposed, step by step'
vertex
does measure
does choose
does export
does train
run train-model
want 0 end=settled 'row="3 open generation: running"'
elapse 600
does upload
does register
run train-model
want 0 end=settled 'row="7 '
run deploy-model
want 0 end=done verb=push
is "$(google_state '.trainings | length')" 1 trainings
id=$(google_state '.models[0].name' | tr -d '"')
shown=$(git -C "$W/config.git" show auto-update:deployment/Kptfile |
    grep -c "value: $id")
is "$shown" 1 'the proposal names the model'
merge
run deploy-model
want 0 end=settled
is "$(exchanges)" '10 7 9 8 8 11 10 7 / 6 6' 'exchanges of each run'

# a_model: trains one and says which.
a_model()
{
	for verb in "$@"; do
		does "$verb"
		[ "$verb" != train ] || elapse 600
	done
}

t 'an endpoint: the first model gets the traffic, the next none before git names it'
vertex '{endpoint: bot, keep: 1h}'
google vertex '{"endpoint": "bot"}'
a_model measure choose export train upload register
run deploy-model
want 0 verb=serve
run deploy-model
want 0 'row="12 make servable"'
elapse 60
run deploy-model
want 0 verb=push
merge
run deploy-model
want 0 end=settled
first=$(google_state '.endpoints[0].trafficSplit')
elapse 90000
google tables "{\"table\":\"gh.day.20260906\",\"rows\":$(events 40 200 5 >"$TMP/more" && rows "$TMP/more")}"
a_model measure choose export train upload register
run deploy-model
want 0 verb=serve
elapse 60
run deploy-model
want 0 verb=push
is "$(google_state '.endpoints[0].trafficSplit')" "$first" 'traffic before the merge'
merge
run deploy-model
want 0 verb=shift
is "$(google_state '.endpoints[0] | [(.deployedModels | length), (.trafficSplit | to_entries[0].value)]')" \
    '[2,100]' 'after the shift'
run deploy-model
want 0 end=settled
elapse 7200
run deploy-model
want 0 verb=undeploy 'row="21 '
run deploy-model
want 0 end=settled
is "$(google_state '.endpoints[0].deployedModels | length')" 1 'models that serve'

t 'a deployment that fails is told, and begun again'
vertex '{endpoint: bot}'
google vertex '{"endpoint": "bot", "fail": {"deploy": "no machines left"}}'
a_model measure choose export train upload register
run deploy-model
want 0 verb=serve
elapse 120
run deploy-model
want 0 verb=serve 'no machines left'
elapse 120
run deploy-model
want 0 verb=push

t 'a trainer that fails, and one that leaves nothing'
vertex
google images '{"image": "fit", "command": ["/bin/false"]}'
a_model measure choose export train fail
run train-model
want 0 'row="10 backing off"'
vertex
google images '{"image": "fit", "command": ["/bin/true"]}'
a_model measure choose export train
run train-model
want 0 verb=fail 'wrote no gs://bucket/models/models/'

t 'events arriving between all steps: one generation, one training'
vertex
arriving 600 measure choose export train upload register
run train-model
want 0 end=settled 'row="7 '
is "$(google_state '[(.trainings | length), ([.jobs[] | select(.export)] | length)]')" \
    '[1,1]' 'trainings and exports'
is "$(google_state '.objects["bucket/models/datasets/" + (.trainings[0].generation) + "/data-000000000000.jsonl"] > 0')" \
    true 'the dataset'

t 'a list that is empty for once: what was begun is not begun again'
vertex
a_model measure choose export
google vertex '{"seconds": {"train": 50000}}'
does train
elapse 3600
world_fault '{"match": {"path": "customJobs$"}, "kind": "status", "status": 200, "body": {}, "times": 0, "headers": {"Content-Type": "application/json"}}'
run train-model
want 0 'row="3 open generation: running"'
world_fault '{"match": {"path": "customJobs/"}, "kind": "status", "status": 404, "body": true, "times": 0}'
run train-model
want 0 'row="3 open generation: unreadable"' 'is gone'
is "$(google_state '.trainings | length')" 1 trainings

t 'the answer to customJobs.create has no name: the job is found by its label'
vertex
a_model measure choose export
google vertex '{"seconds": {"train": 50000}}'
world_fault '{"match": {"method": "POST", "path": "customJobs$"}, "kind": "status-after", "status": 200, "body": {}}'
run train-model
want 1 verb=train 'the answer has no name'
world_fault off
does close
run train-model
want 0 'row="3 open generation: running"'
elapse 1200
world_fault '{"match": {"path": "customJobs$"}, "kind": "status", "status": 200, "body": {}, "times": 0, "headers": {"Content-Type": "application/json"}}'
run train-model
want 0 'row="3 open generation: running"'
world_fault off
is "$(google_state '.trainings | length')" 1 trainings

t 'the Lease is lost while the list is behind: no second custom job'
vertex
google vertex '{"seconds": {"train": 5000}, "late": 300}'
a_model measure choose export
does train
rm -r "$W/leases"
does recall
run train-model
want 0 'row="3 open generation: running"' 'is listed by'
elapse 910
run train-model
want 0 'row="3 open generation: running"' 'RUNNING since'
is "$(google_state '.trainings | length')" 1 trainings

t 'a custom job without createTime is overdue too'
vertex
sed -i 's|image: fit|image: fit, deadline: 2h|' "$W/model.yaml"
google vertex '{"seconds": {"train": 50000}}'
a_model measure choose export
does train
job=$(google_state '.trainings[0].name' | tr -d '"')
world_fault "{\"match\": {\"method\": \"GET\", \"path\": \"customJobs$\"}, \"kind\": \"status\", \"status\": 200, \"body\": {\"customJobs\": [{\"name\": \"$job\", \"state\": \"JOB_STATE_RUNNING\"}]}, \"times\": 0}"
run train-model
want 0 'row="3 open generation: running"'
elapse 7300
run train-model
want 2 'row="3 open generation: overdue"' "$job"
rm -r "$W/leases"
run train-model
want 2 'row="3 open generation: overdue"' "$job"
world_fault off

t 'a state that nobody knows blocks, and is told'
vertex
a_model measure choose export train
job=$(google_state '.trainings[0].name' | tr -d '"')
google vertex "{\"state\": {\"job\": \"$job\", \"state\": \"JOB_STATE_ODD\"}}"
run train-model
want 0 'row="3 open generation: unreadable"' 'ODD, which is unknown'
elapse 90000
run train-model
want 2 'row="3 open generation: overdue"'
finish_all
