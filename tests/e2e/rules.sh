#!/bin/sh
# run-pipeline with rules in place of URLs: the plans of train-model and
# deploy-model, asked in a simulated cluster and a simulated Google.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

L=/apis/modelsync.dev/v1alpha1/namespaces/ml/modelsyncs
DEAF=
AT_END="kill \$DEAF 2>/dev/null; $AT_END"

# rule NAME KIND MODEL: an object that has a rule about a model.
rule()
{
	cat <<-X
	{"apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
	 "metadata": {"name": "$1", "namespace": "ml"},
	 "spec": {"rule": {"kind": "$2", "model": "$3"},
	  "parameters": [{"needsSyncName": "name", "pipelineName": "automl-model"}],
	  "pipelineRunTemplate": {"spec": {"pipelineRef": {"name": "update-model"},
	   "params": [{"name": "automl-model", "value": "notavlidmodel"}]}}}}
	X
}

# objects OBJECT...: put there
objects()
{
	printf '%s\n' "$@" | jq -s . >"$TMP/objects"
	world_put "$TMP/objects" || exit 1
}

# runner MODEL...: the document of a runner that knows these, each NAME=FILE.
runner()
{
	{
		cat <<-X
		apiVersion: modelsync.dev/v1alpha1
		kind: PipelineRunner
		metadata: {name: runner}
		spec:
		  namespace: ml
		  allowedURLs: ["$WORLD_URL/lambda"]
		  allowLoopback: true
		  lambdaDeadline: 2s
		  lease:
		    kubernetes: {server: "$WORLD_URL", tokenFile: "$WORLD_TOKEN"${WORLD_CA:+, caFile: "$WORLD_CA"}}
		  models:
		X
		for m; do
			echo "  - {name: ${m%%=*}, file: \"$W/${m#*=}\"}"
		done
	} >"$W/runner.yaml"
}

go()
{
	"$BIN/run-pipeline" -f "$W/runner.yaml" "$@" >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

# condition NAME TYPE
condition()
{
	world_get "$L/$1" | jq -r \
	    ".status.conditions[] | select(.type == \"$2\") | .status + \" \" + .reason"
}

# message NAME: why it is not Ready
message()
{
	world_get "$L/$1" | jq -r \
	    '.status.conditions[] | select(.type == "Ready") | .message'
}

# given: the parameter that the runs were given, one a line
given()
{
	world_get /apis/tekton.dev/v1/namespaces/ml/pipelineruns |
	    jq -r '.items[].spec.params[] | select(.name == "automl-model").value'
}

# today: the node's time, from which the cluster's may not be far
today()
{
	date -u +%Y-%m-%dT%H:%M:%SZ
}

# plan TOOL FIELD: of its dry run
plan()
{
	"$BIN/$1" -f "$W/model.yaml" -n -o json --held-ok 2>/dev/null |
	    jq -r ".$2"
}

t 'modelFreshness: a run when train-model would begin, with its generation'
cluster
runner issues=model.yaml
objects "$(rule fresh modelFreshness issues)"
generation=$(plan train-model generation)
go
want 0 end=done verb=create
is "$(given)" "$generation" 'the parameter'
begun
go
want 0 end=settled
advance 100
go
want 0 end=settled
is "$(condition fresh Ready)" 'True InSync' 'of a model that is young'
is "$(given | wc -l)" 1 'runs'

t 'gitDiffers: a run when deploy-model would push, and none once it is proposed'
tick train-model
objects "$(rule differs gitDiffers issues)"
go
is "$(given | wc -l)" 2 'runs'
given >"$TMP/given"
tick deploy-model
want 0 verb=push
value=$(on auto-update deployment/Kptfile | sed -n 's/ *value: \([^ ]*\).*/\1/p')
is "$(sort -u "$TMP/given")" "$value" 'given what git gets'
advance 100
go
want 0 end=settled
is "$(condition differs Ready)" 'True InSync' 'of a model that is proposed'

t 'a plan that fails is told with its reason, and is never in sync'
sed 's/^    setter: .*/    setter: nowhere/; /^    fields:/d' \
    "$W/model.yaml" >"$W/lost.yaml"
runner issues=model.yaml lost=lost.yaml
objects "$(rule lost gitDiffers lost)"
go
want 1 end=failed
is "$(condition lost Ready)" 'False RuleFailed' 'of a marker that is nowhere'
message lost | grep -q 'ended with 3.*names the model' ||
    wrong "message: $(message lost)"
world_fault '{"match": {"path": "/leases/deploy-model-issues"}, "kind": "status", "status": 403, "body": {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "message": "cannot get", "code": 403}, "times": 9}'
go
want 1 end=failed
world_fault off
is "$(condition differs Ready)" 'False RuleFailed' 'without a right'
message differs | grep -q 'give this account the right' ||
    wrong "message: $(message differs)"

t 'a model that is held holds its object'
sed 's/^spec:/spec:\n  suspend: true/' "$W/model.yaml" >"$W/held.yaml"
runner held=held.yaml
cat >"$TMP/objects" <<X
[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ml"}}]
X
for o in fresh differs lost; do
	world_ctl DELETE "$L/$o" >/dev/null
done
objects "$(rule fresh modelFreshness held)" "$(rule differs gitDiffers held)"
go
want 2 end=held
go --held-ok
want 0 end=held
for o in fresh differs; do
	is "$(condition $o Ready)" 'False ModelHeld' "$o"
	is "$(condition $o Stalled)" 'True ModelHeld' "$o"
done

t 'a server that hangs under one rule: the others are served, in every run'
python3 - >"$TMP/port" <<'X' &
import socket, time
s = socket.create_server(("127.0.0.1", 0), backlog=64)
print(s.getsockname()[1], flush=True)
time.sleep(300)
X
DEAF=$!
await test -s "$TMP/port"
sed "s|url: config.git|url: \"http://127.0.0.1:$(cat "$TMP/port")/x.git\"|" \
    "$W/model.yaml" >"$W/deaf.yaml"
runner issues=model.yaml deaf=deaf.yaml
for o in fresh differs; do
	world_ctl DELETE "$L/$o" >/dev/null
done
world_ctl POST /lambda/program '{"path": "/lambda/good", "answers": [{"needsSync": false}]}' >/dev/null
objects "$(rule a-deaf gitDiffers deaf)" "$(rule good modelFreshness issues |
    jq "del(.spec.rule) | .spec.needsSyncUrl = \"$WORLD_URL/lambda/good\"")"
sed -i "s|^  lambdaDeadline:|  caFile: \"$WORLD_CA\"\n&|" "$W/runner.yaml"
go --deadline 9s
want 1 end=failed 'model=ml/a-deaf' '2 objects'
is "$(condition a-deaf Ready)" 'False RuleFailed' 'the one that hangs'
is "$(condition good Ready)" 'True InSync' 'the other'

t 'concurrency 1: not even one after the other does it starve them'
sed -i 's|^  lambdaDeadline:|  concurrency: 1\n&|' "$W/runner.yaml"
world_ctl DELETE "$L/good" >/dev/null
objects "$(rule good modelFreshness issues |
    jq "del(.spec.rule) | .spec.needsSyncUrl = \"$WORLD_URL/lambda/good\"")"
go --deadline 9s
is "$(condition good Ready)" 'True InSync' 'the other'
kill $DEAF
world_stop

t 'what comes before a training, or before a proposal, is told as that'
cloud 'automl: {project: p, store: "gs://bucket/models", displayName: kubeflow_issues, settle: 10m}' \
    '{when: proposed}'
runner issues=model.yaml
echo '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ml"}}' \
    >"$TMP/objects"
world_put "$TMP/objects"
objects "$(rule fresh modelFreshness issues)"
at "$(today)"
go
want 0 end=settled
is "$(condition fresh Ready)" 'False RuleWaits' 'before the data are measured'
at 2026-09-05T00:30:00Z
for verb in measure choose export dataset import; do
	does $verb
done
elapse 60
does train
elapse 3600
does register
at "$(today)"
objects "$(rule differs gitDiffers issues)"
go
is "$(condition differs Ready)" 'False RuleWaits' 'before the model serves'
message differs | grep -q '12 make servable' || wrong "$(message differs)"

t 'gitDiffers: the parameter is the id of the model, not its generation'
run deploy-model
want 0 verb=serve
elapse 120
id=$(google_state '.models[0].name' | tr -d '"')
go
is "$(given)" "$id" 'the parameter'
is "$(plan deploy-model candidate)" "$id" 'the plan'
finish_all
