#!/bin/sh
# Training by a PipelineRun of Tekton, in a simulated cluster.
# shellcheck disable=SC2119,SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"

RUNS=/apis/tekton.dev/v1/namespaces/ml/pipelineruns

# fits [MORE]: a plan that really runs the trainer; what it does besides.
fits()
{
	cat >"$W/pipeline" <<-S
	#!/bin/sh
	# One program in the place of all tasks, the workspace at $W/models.
	at() { printf '%s' "\${1:+$W/models/\$1}"; }
	export MODELSYNC_GENERATION="\$PARAM_GENERATION"
	export MODELSYNC_NAME="\$PARAM_NAME"
	export MODELSYNC_DATASET="\$(at "\$PARAM_DATASET")"
	export MODELSYNC_OUTPUT="\$(at "\$PARAM_OUTPUT")"
	export MODELSYNC_PREVIOUS="\$(at "\$PARAM_PREVIOUS")"
	"$BIN/fit-labels" || exit
	${1:-:}
	S
	chmod +x "$W/pipeline"
	printf '{"command": ["%s/pipeline"]}' "$W"
}

# plan PLAN: how runs of the Pipeline go from here on.
plan()
{
	world_ctl POST /tekton/plans \
	    "{\"pipeline\": \"train\", \"ends\": $1}" >"$TMP/said"
	grep -q '^{' "$TMP/said" || wrong "$(cat "$TMP/said")"
}

# trained [KEYS]: a cluster where a run trains; more keys of pipelineRun.
trained()
{
	cluster
	sed -i "s/^    exec: .*/    pipelineRun: {template: run.yaml, store: models, deadline: 1m${1:-}}/" \
	    "$W/model.yaml"
	cat >"$W/run.yaml" <<-Y
	# the trainer
	pipelineRef: {name: train}
	params:
	- {name: epochs, value: "3"}
	- {name: name, value: not this}
	workspaces:
	- name: store
	  persistentVolumeClaim: {claimName: store}
	  subPath: models
	timeouts: {pipeline: 2h}
	Y
}

# ever: runs that were ever made
ever()
{
	world_ctl GET /tekton/state | jq '.runs | length'
}

t 'the whole loop to a model that is registered'
trained
plan "$(fits)"
begun
g=$(generation)
world_get "$RUNS/$g" >"$TMP/object"
is "$(jq -r '.metadata.labels["modelsync.dev/generation"]' "$TMP/object")" \
    "$g" 'the label'
jq -r '.metadata.labels["modelsync.dev/owner"]' "$TMP/object" |
    grep -qxE '[0-9a-f]{12}' || wrong 'the owner'
is "$(jq -r '.metadata.ownerReferences' "$TMP/object")" null \
    'its owner in the cluster'
is "$(jq -r '.spec.params | map(.name) | join(" ")' "$TMP/object")" \
    'epochs name generation dataset output previous' 'the parameters'
is "$(jq -r '.spec.params[1].value' "$TMP/object")" issues 'its name'
is "$(jq -r '.spec.params[3].value' "$TMP/object")" "datasets/$g" 'its data'
jq -r '.spec.params[4].value' "$TMP/object" |
    grep -qE "^tmp/[0-9a-f]{12}\\.$g\\.[0-9a-f]{8}\$" || wrong 'its output'
is "$(jq -r '.spec.workspaces[0].subPath' "$TMP/object")" models workspace
tick train-model
want 0 end=settled 'row="3 open generation: running"'
advance 61
tick train-model
want 0 verb=register "$g"
is "$(count models)" 1 models
[ -s "$W/models/models/$g/evaluation.json" ] || wrong 'no evaluation'
is "$(jq -r .model "$W/models/models/$g/manifest.json")" "$g" 'its model'
is "$(count tmp)" 0 'left in tmp'
tick train-model
want 0 end=settled 'row="7 young enough"'
tick deploy-model
want 0 verb=push

t 'when that is too old, the next one is told of it'
sed -i 's/maximumAge: 24h/maximumAge: 1m/' "$W/model.yaml"
advance 61
tick train-model
want 0 verb=build
tick train-model
want 0 verb=train
world_get "$RUNS" >"$TMP/object"
is "$(jq -r '.items | sort_by(.metadata.creationTimestamp)[-1].spec.params |
    map(select(.name == "previous").value)[]' "$TMP/object")" \
    "models/$g" previous

t 'by a whole PipelineRun of v1beta1; its labels stay, and its account'
trained
plan "$(fits)"
{
	echo 'apiVersion: tekton.dev/v1beta1'
	echo 'kind: PipelineRun'
	echo 'metadata: {generateName: x-, labels: {team: ml}}'
	echo 'spec: {pipelineRef: {name: train}, serviceAccountName: trainer}'
} >"$W/run.yaml"
begun
world_get "$RUNS/$(generation)" >"$TMP/object"
is "$(jq -r .metadata.labels.team "$TMP/object")" ml label
is "$(jq -r .metadata.generateName "$TMP/object")" null generateName
is "$(jq -r .spec.taskRunTemplate.serviceAccountName "$TMP/object")" trainer \
    account
world_record 'select(.path | test("v1beta1.*pipelineruns")) | .method' |
    grep -q POST || wrong 'not made as v1beta1'
advance 61
tick train-model
want 0 verb=register

t 'a spec with the words of v1beta1, made as v1, keeps its account'
trained
plan '{}'
echo 'serviceAccountName: trainer' >>"$W/run.yaml"
begun
is "$(world_get "$RUNS/$(generation)" |
    jq -r .spec.taskRunTemplate.serviceAccountName)" trainer account

t 'a result names the model, and git is told that name'
trained ', result: model'
plan "$(fits 'echo "registry.example.com/labels@sha256:0123" >"$RESULTS/model"')"
begun
g=$(generation)
advance 61
tick train-model
want 0 verb=register
is "$(jq -r .model "$W/models/models/$g/manifest.json")" \
    'registry.example.com/labels@sha256:0123' 'its model'
tick train-model
want 0 end=settled 'row="7 young enough"'
tick deploy-model
want 0 verb=push
git -C "$W/config.git" show auto-update:deployment/base/env.yaml |
    grep -q 'registry.example.com/labels@sha256:0123' || wrong 'not in git'

t 'the same name again is no new model'
sed -i 's/maximumAge: 24h/maximumAge: 1m/' "$W/model.yaml"
advance 61
tick train-model
want 0 verb=build
tick train-model
want 0 verb=train
advance 61
tick train-model
want 0 verb=fail "which is in $g already"
is "$(count models) $(count failed)" '1 1' 'models and failures'

# result VALUE WHAT: a run whose result is this fails with these words.
result()
{
	trained ', result: model'
	plan "$(fits "$1")"
	begun
	advance 61
	tick train-model
	want 0 verb=fail "$2"
	is "$(count models) $(count failed)" '0 1' 'models and failures'
}

t 'a result that is missing or names no model is a failure'
result : 'it has no result model that is a text'
result ': >"$RESULTS/model"' 'no word of 1 to 500'
result 'echo two words >"$RESULTS/model"' 'no word of 1 to 500'
result 'echo notavlidmodel >"$RESULTS/model"' 'spec.config.placeholder already'

t 'a dry run writes nothing'
trained
plan '{}'
tick train-model
world_ctl DELETE /record >/dev/null
tick train-model -n
want 2
shows 'train PipelineRun '
is "$(writes)" 0 writes
is "$(count tmp)" 0 'folders in tmp'

t 'a hundred runs while it is active: no write'
trained
plan '{"seconds": null}'
begun
world_ctl DELETE /record >/dev/null
snapshot >"$TMP/before"
i=0
while [ $i -lt 100 ]; do
	tick train-model
	want 0 end=settled
	i=$((i + 1))
done
snapshot >"$TMP/after"
is "$(writes)" 0 writes
is "$(world_record .method | wc -l)" 200 exchanges
cmp -s "$TMP/before" "$TMP/after" || wrong 'the store was changed'

t 'active for longer than the deadline: a person must look; then it is gone'
advance 58
tick train-model
want 0 end=settled
advance 4
tick train-model
want 2 'row="3 open generation: overdue"' 'end it'
is "$(writes)" 0 writes
world_ctl DELETE "$RUNS/$(generation)" >/dev/null
tick train-model
want 0 verb=fail 'is gone'
is "$(count failed)" 1 failed
tick train-model
want 0 'row="10 backing off"'
is "$(ever)" 1 'runs ever'

t 'one that nothing ever looks at is active, and then overdue'
trained
plan '{"start": null}'
begun
is "$(world_get "$RUNS/$(generation)" | jq -r .status.conditions)" null \
    conditions
tick train-model
want 0 'row="3 open generation: running"'
advance 62
tick train-model
want 2 'row="3 open generation: overdue"'

t 'a run that fails is recorded and counted, whatever its reason'
trained
plan '{"status": "False", "reason": "Succeeded", "message": "no luck"}'
begun
g=$(generation)
advance 61
tick train-model
want 0 verb=fail 'no luck'
is "$(ls "$W/models/failed")" "$g" 'what failed'
is "$(count models)" 0 models
is "$(count tmp)" 0 'left in tmp'
tick train-model
want 0 'row="10 backing off"'
sed -i 's/maximumAge: 24h/maximumAge: 24h, maximumFailures: 1/' "$W/model.yaml"
tick train-model
want 2 'row="9 too many failures"' 'where the last ran'
sed -i 's/deadline: 1m}/deadline: 1m}\n    retry: again/' "$W/model.yaml"
tick train-model
want 0 verb=build
tick train-model
want 0 verb=train
is "$(world_ctl GET /tekton/state | jq '.runs | map(.name) | unique | length')" \
    2 'names of runs'

t 'so is one that a person cancels'
trained
plan '{"seconds": null}'
begun
world_ctl POST /tekton/end "{\"name\": \"$(generation)\", \"status\": \"False\", \"reason\": \"Cancelled\", \"message\": \"was cancelled\"}" >/dev/null
tick train-model
want 0 verb=fail 'was cancelled'

t 'one that succeeds with an odd reason has succeeded'
trained
plan "$(fits | sed 's/}$/, "reason": "Failed"}/')"
begun
advance 61
tick train-model
want 0 verb=register

t 'a Pipeline that is not there fails at once'
trained
plan '{"status": "False", "reason": "CouldntGetPipeline"}'
begun
advance 2
tick train-model
want 0 verb=fail 'not found'

t 'ended well without an evaluation is a failure'
trained
plan '{}'
begun
advance 61
tick train-model
want 0 verb=fail 'no evaluation.json'
is "$(count failed)" 1 failed

t 'deleted while it is active: a failed attempt, and another name'
trained
plan '{"seconds": null}'
begun
g=$(generation)
world_ctl DELETE "$RUNS/$g" >/dev/null
tick train-model
want 0 verb=fail 'is gone'
sed -i 's/deadline: 1m}/deadline: 1m}\n    retry: again/' "$W/model.yaml"
tick train-model
want 0 verb=build
tick train-model
want 0 verb=train
is "$(world_get "$RUNS/$g" | jq -r .kind)" Status 'what is under its name'
is "$(ever)" 2 'runs ever'

t 'a run of that name which is somebody else'"'"'s'
trained
plan '{}'
tick train-model
jq -n --arg name "$(generation)" '{apiVersion: "tekton.dev/v1", kind:
    "PipelineRun", metadata: {name: $name, namespace: "ml"}, spec:
    {pipelineRef: {name: "x"}}}' >"$TMP/object"
world_put "$TMP/object"
tick train-model
want 3 'is there already' 'delete it'
world_ctl DELETE "$RUNS/$(generation)" >/dev/null
tick train-model
want 0 verb=train

t 'the reply to the create is lost: one run, and it is found'
trained
plan "$(fits)"
tick train-model
unanswered "$RUNS"
tick train-model --deadline 5s
want 0 'row="2 open intent"' verb=close 'was done'
tick train-model
want 0 'row="3 open generation: running"'
advance 61
tick train-model
want 0 verb=register
is "$(ever)" 1 'runs ever'

t 'it came there after it was looked for: the name is taken, and it is ours'
trained
plan "$(fits)"
tick train-model
unanswered "$RUNS"
advance 86
unseen "$RUNS"
tick train-model --deadline 5s
want 0 verb=train
is "$(ever)" 1 'runs ever'
tick train-model
want 0 verb=fail 'its output is not in the store'

t 'the create never came there: it is ruled out, and made once'
trained
plan '{}'
tick train-model
world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"$RUNS\"}, \"kind\": \"cut-before\", \"times\": 1}"
tick train-model --deadline 5s
want 1 end=failed
is "$(ever)" 0 'runs ever'
advance 86
tick train-model --deadline 5s
want 0 'row="2 open intent"' verb=close 'left nothing'
tick train-model
want 0 verb=train
is "$(ever)" 1 'runs ever'

t 'a template that is of no use is told before anything is begun'
trained
plan '{}'
cp "$W/run.yaml" "$W/good.yaml"
rm "$W/run.yaml"
tick train-model
want 3 'spec.training.pipelineRun.template' 'no such file'
echo '{apiVersion: batch/v1, kind: Job, spec: {}}' >"$W/run.yaml"
tick train-model
want 3 'is of batch/v1 Job' 'expected tekton.dev/v1 PipelineRun'
echo '{params: []}' >"$W/run.yaml"
tick train-model
want 3 'one of pipelineRef and pipelineSpec'
{
	echo '{apiVersion: tekton.dev/v1, kind: PipelineRun,'
	echo ' metadata: {namespace: other}, spec: {pipelineRef: {name: x}}}'
} >"$W/run.yaml"
tick train-model
want 3 'names the namespace other'
is "$(count datasets)" 0 datasets
sed 's/timeouts: /timeoots: /' "$W/good.yaml" >"$W/run.yaml"
tick train-model
tick train-model
want 3 timeoots
is "$(ever)" 0 'runs ever'

t 'the template of manifests/ is taken as it is'
trained
world_ctl POST /tekton/plans '{"pipeline": "run-notebook", "ends": {}}' \
    >"$TMP/said"
cp "$(dirname "$0")/../../manifests/components/training-pipelinerun/run.yaml" \
    "$W/run.yaml"
begun
is "$(world_get "$RUNS/$(generation)" | jq -r '.spec.params | length')" 7 \
    parameters

t 'rights that are missing are named'
trained
plan '{}'
echo poor >"$W/token"
sed -i "s,tokenFile: [^,]*,tokenFile: token," "$W/model.yaml"
world_ctl POST /users '{"token":"poor","user":"system:serviceaccount:ml:poor","rules":[{"verbs":["get","update"],"apiGroups":["coordination.k8s.io"],"resources":["leases"]},{"verbs":["get"],"apiGroups":["tekton.dev"],"resources":["pipelineruns"]}]}' >/dev/null
tick train-model
want 0 verb=build
tick train-model
want 3 'cannot create resource \"pipelineruns\"'

t 'a cluster without Tekton: told, and nothing counts as failed'
trained
plan '{"seconds": null}'
begun
world_ctl POST /absent '["tekton.dev"]' >/dev/null
tick train-model
want 3 'the cluster knows no PipelineRun of tekton.dev/v1'
is "$(count failed)" 0 failed
world_ctl POST /absent '[]' >/dev/null
tick train-model
want 0 'row="3 open generation: running"'

finish_all
