#!/bin/sh
# Training by a Job of Kubernetes, in a simulated cluster.
# shellcheck disable=SC2119,SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"

JOBS=/apis/batch/v1/namespaces/ml/jobs

# trained PLAN: a cluster whose Jobs train as this plan says.
trained()
{
	cluster
	sed -i 's/^    exec: .*/    job: {template: job.yaml, store: models, deadline: 1m}/' \
	    "$W/model.yaml"
	cat >"$W/job.yaml" <<-Y
	# the trainer
	backoffLimit: 0
	template:
	  spec:
	    restartPolicy: Never
	    containers:
	    - name: fit
	      image: fit
	      command: [$BIN/fit-labels]
	      env:
	      - {name: MODELSYNC_NAME, value: not this}
	      - {name: COPY, value: \$(MODELSYNC_GENERATION)}
	      volumeMounts: [{name: store, mountPath: $W/models}]
	    volumes:
	    - name: store
	      persistentVolumeClaim: {claimName: store}
	Y
	plan "$1"
}

# plan PLAN: how Jobs go from here on.
plan()
{
	world_ctl POST /jobs/plans "{\"image\": \"fit\", \"ends\": $1}" \
	    >"$TMP/said"
}

# fits: the plan that really runs the trainer
fits()
{
	printf '{"command": true, "volumes": {"store": "%s/models"}}' "$W"
}

t 'the whole loop to a model that is registered'
trained '{}'
plan "$(fits)"
begun
g=$(generation)
world_get "$JOBS/$g" >"$TMP/object"
is "$(jq -r '.metadata.labels["modelsync.dev/generation"]' "$TMP/object")" \
    "$g" 'the label'
jq -r '.metadata.labels["modelsync.dev/owner"]' "$TMP/object" |
    grep -qxE '[0-9a-f]{12}' || wrong 'the owner'
is "$(jq -r '.spec.template.spec.containers[0].env |
    map(select(.name == "MODELSYNC_NAME").value)[]' "$TMP/object")" issues \
    'its name, once'
is "$(jq -r '.spec.template.spec.containers[0].env[-1].value' "$TMP/object")" \
    '$(MODELSYNC_GENERATION)' 'what the template has besides'
tick train-model
want 0 end=settled 'row="3 open generation: running"'
advance 61
tick train-model
want 0 verb=register "$g"
is "$(count models)" 1 models
[ -s "$W/models/models/$g/evaluation.json" ] || wrong 'no evaluation'
[ -s "$W/models/models/$g/manifest.json" ] || wrong 'no manifest'
is "$(count tmp)" 0 'left in tmp'
tick train-model
want 0 end=settled 'row="7 young enough"'
tick deploy-model
want 0 verb=push

t 'the same by a whole Job in JSON, and its labels stay'
trained '{}'
jq -n --arg bin "$BIN/fit-labels" --arg at "$W/models" '{apiVersion:
    "batch/v1", kind: "Job", metadata: {name: "any", labels: {team: "ml"}},
    spec: {template: {spec: {restartPolicy: "Never", containers: [{name: "fit",
    image: "fit", command: [$bin], volumeMounts: [{name: "store", mountPath:
    $at}]}], volumes: [{name: "store", emptyDir: {}}]}}}}' >"$W/job.json"
sed -i 's/job\.yaml/job.json/' "$W/model.yaml"
plan "$(fits)"
begun
is "$(world_get "$JOBS/$(generation)" | jq -r .metadata.labels.team)" ml label
advance 61
tick train-model
want 0 verb=register

t 'a dry run writes nothing'
trained '{}'
world_ctl DELETE /record >/dev/null
tick train-model -n
want 2
shows 'build datasets/'
is "$(count datasets)" 0 datasets
tick train-model
world_ctl DELETE /record >/dev/null
tick train-model -n
want 2
shows 'train Job '
is "$(writes)" 0 writes
is "$(count tmp)" 0 'folders in tmp'

t 'a hundred runs while it is active: no write'
trained '{"seconds": null}'
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

t 'status tells what is active, and writes nothing'
world_ctl DELETE /record >/dev/null
"$BIN/modelsync" status -f "$W/model.yaml" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0
shows '3 open generation: running' "Job $(generation) is active since"
is "$(writes)" 0 writes

t 'active for longer than the deadline: a person must look; then it is gone'
advance 58
tick train-model
want 0 end=settled
advance 4
tick train-model
want 2 'row="3 open generation: overdue"' 'end it'
is "$(writes)" 0 writes
world_ctl DELETE "$JOBS/$(generation)" >/dev/null
tick train-model
want 0 verb=fail 'is gone'
is "$(count failed)" 1 failed
tick train-model
want 0 'row="10 backing off"'
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 1 'Jobs ever'

t 'that it was begun is known when its outcome is forgotten'
trained '{"seconds": null}'
begun
lease_of train-model '.metadata.annotations["modelsync.dev/log"] |=
    (fromjson | .outcomes = [] | tojson)' >"$TMP/object"
world_put "$TMP/object"
is "$(log_of train-model '.outcomes | length')" 0 outcomes
world_ctl DELETE "$JOBS/$(generation)" >/dev/null
tick train-model
want 0 verb=fail 'is gone'
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 1 'Jobs ever'

t 'a Job that fails is recorded and counted, whatever its reason'
trained '{"status": "Failed", "reason": "Complete", "message": "no luck"}'
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
want 2 'row="9 too many failures"'
sed -i 's/deadline: 1m}/deadline: 1m}\n    retry: again/' "$W/model.yaml"
tick train-model
want 0 verb=build
tick train-model
want 0 verb=train
is "$(world_ctl GET /jobs/state | jq '.runs | map(.name) | unique | length')" \
    2 'names of Jobs'

t 'complete without an evaluation is a failure'
trained '{}'
begun
advance 61
tick train-model
want 0 verb=fail 'no evaluation.json'
is "$(count failed)" 1 failed

t 'a Job of that name which is somebody else'"'"'s'
trained '{}'
tick train-model
jq -n --arg name "$(generation)" '{apiVersion: "batch/v1", kind: "Job",
    metadata: {name: $name, namespace: "ml"}, spec: {template: {spec:
    {restartPolicy: "Never", containers: [{name: "x", image: "x"}]}}}}' \
    >"$TMP/object"
world_put "$TMP/object"
tick train-model
want 3 'is there already' 'delete it'
is "$(world_get "$JOBS/$(generation)" | jq '.metadata.labels["modelsync.dev/owner"]')" null 'its labels'
world_ctl DELETE "$JOBS/$(generation)" >/dev/null
tick train-model
want 0 verb=train

t 'the reply to the create is lost: one Job, and it is found'
trained '{}'
plan "$(fits)"
tick train-model
unanswered "$JOBS"
tick train-model --deadline 5s
want 0 'row="2 open intent"' verb=close 'was done'
tick train-model
want 0 'row="3 open generation: running"'
advance 61
tick train-model
want 0 verb=register
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 1 'Jobs ever'

t 'the create never came there: it is ruled out, and made once'
trained '{}'
tick train-model
world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"$JOBS\"}, \"kind\": \"cut-before\", \"times\": 1}"
tick train-model --deadline 5s
want 1 end=failed
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 0 'Jobs ever'
advance 86
tick train-model --deadline 5s
want 0 'row="2 open intent"' verb=close 'left nothing'
tick train-model
want 0 verb=train
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 1 'Jobs ever'

t 'a template that is of no use is told before anything is begun'
trained '{}'
mv "$W/job.yaml" "$W/good.yaml"
tick train-model
want 3 'spec.training.job.template' 'no such file'
echo 'kind: [' >"$W/job.yaml"
tick train-model
want 3 'spec.training.job.template'
echo '{apiVersion: v1, kind: Pod, spec: {}}' >"$W/job.yaml"
tick train-model
want 3 'is of v1 Pod'
echo 'template: {spec: {containers: []}}' >"$W/job.yaml"
tick train-model
want 3 'no container'
{
	echo '{apiVersion: batch/v1, kind: Job, metadata: {namespace: other},'
	echo ' spec: {template: {spec: {containers: [{name: x}]}}}}'
} >"$W/job.yaml"
tick train-model
want 3 'names the namespace other'
sed 's/backoffLimit: 0/backoffLimit: 00/' "$W/good.yaml" >"$W/job.yaml"
tick train-model
want 3 'job.yaml:2:15: `00`, expected quotes'
is "$(count datasets)" 0 datasets
sed 's/backoffLimit: 0/backofLimit: 0/' "$W/good.yaml" >"$W/job.yaml"
tick train-model
tick train-model
want 3 backofLimit
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 0 'Jobs ever'

t 'the template of manifests/ is taken as it is'
trained '{}'
world_ctl POST /jobs/plans '{"image": "*", "ends": {"seconds": null}}' \
    >"$TMP/said"
cp "$(dirname "$0")/../../manifests/components/training-job/job.yaml" \
    "$W/job.yaml"
begun
is "$(world_get "$JOBS/$(generation)" |
    jq -r '.spec.template.spec.containers[0].env | length')" 5 environment

t 'it came there after it was looked for: the name is taken, and it is ours'
trained '{}'
plan "$(fits)"
tick train-model
unanswered "$JOBS"
advance 86
unseen "$JOBS"
tick train-model --deadline 5s
want 0 verb=train
is "$(world_ctl GET /jobs/state | jq '.runs | length')" 1 'Jobs ever'
tick train-model
want 0 verb=fail 'its output is not in the store'

t 'a cluster that does not say that it is gone: nothing counts as failed'
trained '{"seconds": null}'
begun
world_ctl POST /absent '["batch"]' >/dev/null
tick train-model
want 3 'the cluster knows no Job of batch/v1'
is "$(count failed)" 0 failed
world_ctl POST /absent '[]' >/dev/null
tick train-model
want 0 'row="3 open generation: running"'

t 'rights that are missing are named'
trained '{}'
echo poor >"$W/token"
sed -i "s,tokenFile: [^,]*,tokenFile: token," "$W/model.yaml"
world_ctl POST /users '{"token":"poor","user":"system:serviceaccount:ml:poor","rules":[{"verbs":["get","update"],"apiGroups":["coordination.k8s.io"],"resources":["leases"]},{"verbs":["get"],"apiGroups":["batch"],"resources":["jobs"]}]}' >/dev/null
tick train-model
want 0 verb=build
tick train-model
want 3 'cannot create resource \"jobs\"'

finish_all
