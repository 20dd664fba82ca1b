#!/bin/sh
# run-pipeline against a simulated cluster with Tekton and lambdas.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"

L=/apis/modelsync.dev/v1alpha1/namespaces/ml/modelsyncs
LEASES=/apis/coordination.k8s.io/v1/namespaces/ml/leases

# sync NAME [MORE]: an object that asks /lambda/NAME; more of its spec.
sync()
{
	cat <<-X
	{"apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
	 "metadata": {"name": "$1", "namespace": "ml"},
	 "spec": {"needsSyncUrl": "http://127.0.0.1:$PORT/lambda/$1",
	  "parameters": [{"needsSyncName": "name", "pipelineName": "automl-model"}],
	  "pipelineRunTemplate": {"spec": {"pipelineRef": {"name": "update-model"},
	   "params": [{"name": "automl-model", "value": "notavlidmodel"}]}}
	  ${2:+, $2}}}
	X
}

# says NAME ANSWER: what the lambda of an object answers.
says()
{
	world_ctl POST /lambda/program \
	    "{\"path\": \"/lambda/$1\", \"answers\": [$2]}" >/dev/null
}

YES='{"needsSync": true, "parameters": {"name": "m1", "other": "x"}}'
NO='{"needsSync": false, "parameters": {}}'

# runner [SPEC]: a fresh cluster, and the document.
runner()
{
	cluster
	PORT=${WORLD_URL##*:}
	cat >"$W/runner.yaml" <<-X
	apiVersion: modelsync.dev/v1alpha1
	kind: PipelineRunner
	metadata: {name: runner}
	spec:
	  namespace: ml
	  allowedURLs: ["${WORLD_URL%:*}:$PORT/lambda", "http://127.0.0.1:$PORT/lambda"]
	  allowLoopback: true
	  caFile: "$WORLD_CA"
	  lambdaDeadline: 2s
	  serviceAccounts: [deployer]
	  ${1:-}
	  lease:
	    kubernetes: {server: "$WORLD_URL", tokenFile: "$WORLD_TOKEN", caFile: "$WORLD_CA"}
	X
}

# objects OBJECT...: put there
objects()
{
	printf '%s\n' "$@" | jq -s . | sed "s|http://127.0.0.1:$PORT/lambda|$WORLD_URL/lambda|g" >"$TMP/objects"
	world_put "$TMP/objects" || exit 1
}

go()
{
	"$BIN/run-pipeline" -f "$W/runner.yaml" "$@" >"$TMP/out" 2>"$TMP/err"
	# shellcheck disable=SC2034
	RC=$?
}

# runs: how many were made, deleted, and the most active of one owner
tekton()
{
	world_ctl GET /tekton/state | jq -c "$1"
}

# condition NAME TYPE: "status reason"
condition()
{
	world_get "$L/$1" | jq -r \
	    ".status.conditions[] | select(.type == \"$2\") | .status + \" \" + .reason"
}

t 'nothing there: settled'
runner
go
want 0 end=settled '0 objects'

t 'a sync is needed: one run, its parameters, its owner; then it is waited for'
objects "$(sync deploy)"
says deploy "$YES"
go
want 0 end=done verb=create
is "$(tekton '[.runs[] | select(.kind == "PipelineRun")] | length')" 1 'runs'
made=$(tekton '.runs[0].name' | tr -d '"')
world_get "/apis/tekton.dev/v1/namespaces/ml/pipelineruns/$made" >"$TMP/run"
is "$(jq -c '.spec.params' "$TMP/run")" \
    '[{"name":"automl-model","value":"m1"},{"name":"other","value":"x"}]' 'params'
is "$(jq -r '.metadata.ownerReferences[0].name' "$TMP/run")" deploy 'owner'
go
want 0 end=settled
go -v
want 0 '5 '
is "$(tekton '[.runs[]] | length')" 1 'runs'
is "$(condition deploy Ready)" 'True Running' 'condition'
is "$(world_get "$L/deploy" | jq -c '.status.active | length')" 1 'active'

t 'a settled status is not written again'
before=$(world_record 'select(.effect != null)' | wc -l)
go
go
is "$(world_record 'select(.effect != null)' | wc -l)" "$before" 'writes'

t 'it ends, no sync is needed any more: settled, and the status says so'
advance 100
says deploy "$NO"
go
want 0 end=settled
is "$(condition deploy Ready)" 'True InSync' 'condition'
world_get "$L/deploy" | jq -e '.status.lastSuccess' >/dev/null ||
    wrong 'no lastSuccess'

t 'needed again after it ended: another run under another name'
says deploy '{"needsSync": true, "parameters": {"name": "m2"}}'
go
want 0 end=done verb=create
is "$(tekton '[.runs[].name] | unique | length')" 2 'names'

t 'a run that fails: back-off, then another'
runner
world_ctl POST /tekton/plans '{"pipeline": "*", "ends": {"status": "False", "reason": "Failed", "seconds": 5}}' >/dev/null
objects "$(sync deploy)"
says deploy "$YES"
go
want 0 verb=create
advance 10
go
want 0 end=settled
is "$(condition deploy Ready | cut -d' ' -f2)" BackingOff 'reason'
is "$(tekton '.runs | length')" 1 'runs'

t 'history: exactly the oldest beyond the limit, one a run'
runner
world_ctl POST /tekton/plans '{"pipeline": "*", "ends": {"seconds": 1}}' >/dev/null
objects "$(sync deploy '"successfulPipelineRunsHistoryLimit": 1')"
i=0
while [ "$i" -lt 3 ]; do
	i=$((i + 1))
	says deploy "{\"needsSync\": true, \"parameters\": {\"name\": \"m$i\"}}"
	go
	advance 5
done
says deploy "$NO"
go
go
go
is "$(world_get /apis/tekton.dev/v1/namespaces/ml/pipelineruns | jq '.items | length')" \
    1 'runs left'
is "$(tekton '[.unowned[]] | length')" 0 'deleted of others'
is "$(tekton '[.mostActive[]] | max')" 1 'most active at once'

t 'lambdas that do not answer: a reason, exit 1, nothing made, others served'
runner
set --
for kind in html error never huge garbage truncated deep yes not-json empty list self \
    loopback link-local; do
	set -- "$@" "$(sync "l-$kind")"
	says "l-$kind" "\"$kind\""
done
objects "$@" "$(sync good)"
says good "$YES"
go
want 1 end=failed 'verb=create'
is "$(tekton '[.runs[].owner] | length')" 1 'runs'
for kind in html:LambdaNotJSON error:LambdaFailed never:LambdaUnreachable \
    huge:LambdaTooLarge yes:LambdaInvalid self:LambdaRedirects \
    loopback:LambdaRedirects link-local:LambdaRedirects; do
	is "$(condition "l-${kind%:*}" Ready | cut -d' ' -f2)" "${kind#*:}" \
	    "reason of ${kind%:*}"
done

t 'URLs that may not be asked are not'
runner
objects "$(sync a | sed 's|http://127.0.0.1:[0-9]*/lambda/a|http://169.254.169.254/latest|')" \
    "$(sync b | sed 's|/lambda/b|/other/b|')" \
    "$(sync c | sed 's|http://127.0.0.1|http://2130706433|')"
go
want 3 end=failed
for o in a b c; do
	is "$(condition $o Stalled | cut -d' ' -f1)" True "$o is stalled"
done
is "$(world_ctl GET /lambda/state | jq '[.[].asked] | add // 0')" 0 'asked'

t 'templates that Tekton or the document would refuse'
runner
objects "$(sync account | sed 's|"pipelineRef"|"taskRunTemplate": {"serviceAccountName": "admin"}, "pipelineRef"|')" \
    "$(sync elsewhere | sed 's|"pipelineRunTemplate": {|"pipelineRunTemplate": {"metadata": {"namespace": "kube-system"}, |')" \
    "$(sync neither | sed 's|"pipelineRef": {"name": "update-model"},||')" \
    "$(sync gone | sed 's|"pipelineRef"|"resources": [{"name": "repo", "resourceSpec": {"type": "git", "params": [{"name": "url", "value": "https://x/y.git"}, {"name": "revision", "value": "main"}]}}], "pipelineRef"|')"
for o in account elsewhere neither gone; do
	says $o "$YES"
done
go
want 3 end=failed
is "$(tekton '.runs | length')" 0 'runs'
is "$(condition account Stalled)" 'True ServiceAccountRefused' 'account'
is "$(condition elsewhere Stalled)" 'True NamespaceRefused' 'elsewhere'
is "$(condition gone Stalled)" 'True ResourcesGone' 'gone'

# published NAME LAMBDA PIPELINE ACCOUNT PARAMS [MORE]: an object as the
# original's installations have it.
published()
{
	cat <<-X
	{"apiVersion": "automl.cloudai.kubeflow.org/v1alpha1", "kind": "ModelSync",
	 "metadata": {"name": "$1", "namespace": "ml"},
	 "spec": {"failedPipelineRunsHistoryLimit": 10, "successfulPipelineRunsHistoryLimit": 10,
	  "needsSyncUrl": "http://127.0.0.1:$PORT/lambda/$2"${6:+, $6},
	  "pipelineRunTemplate": {"spec": {"params": [$5],
	   "resources": [{"name": "repo", "resourceSpec": {"type": "git", "params": [
	    {"name": "url", "value": "https://github.com/kubeflow/code-intelligence.git"},
	    {"name": "revision", "value": "master"}]}}],
	   "pipelineRef": {"name": "$3"}, "serviceAccountName": "$4"}}}}
	X
}

t 'the objects of the original are read as they are, and run as they are told to'
runner
sed -i 's/\[deployer\]/[auto-update, default-editor]/' "$W/runner.yaml"
objects "$(published labelbot-deploy needsSync update-model-pr auto-update \
    '{"name": "automl-model", "value": "notavlidmodel"}, {"name": "branchName", "value": "auto-update"},
     {"name": "fork", "value": "git@github.com:kubeflow/code-intelligence.git"}, {"name": "forkName", "value": "fork"}' \
    '"parameters": [{"needsSyncName": "name", "pipelineName": "automl-model"}]')" \
    "$(published labelbot-train needsTrain run-notebook default-editor \
    '{"name": "notebook-path", "value": "Label_Microservice/notebooks/automl.ipynb"},
     {"name": "requirements", "value": "Label_Microservice/requirements.train.txt"},
     {"name": "output", "value": "gs://issue-label-bot-dev_public/label-bot/training/runs"}')"
says needsSync "$YES"
says needsTrain "$NO"
L=/apis/automl.cloudai.kubeflow.org/v1alpha1/namespaces/ml/modelsyncs
go
want 3 end=failed
is "$(condition labelbot-deploy Stalled) $(condition labelbot-train Stalled)" \
    'True ResourcesGone True ResourcesGone' 'conditions'
for o in labelbot-deploy labelbot-train; do
	world_get "$L/$o" >"$TMP/object"
	# What its condition says, to the letter.
	python3 -c 'import json, re, sys, yaml
o = json.load(sys.stdin)
spec = o["spec"]["pipelineRunTemplate"]["spec"]
[text] = [c["message"] for c in o["status"]["conditions"] if c["type"] == "Stalled"]
del spec["resources"]
spec["params"] += yaml.safe_load(re.search(r"\[.*\]", text)[0])
json.dump([o], sys.stdout)' <"$TMP/object" >"$TMP/objects"
	world_put "$TMP/objects" || wrong "$o is refused"
done
go
want 0 end=done verb=create
is "$(condition labelbot-train Ready)" 'True InSync' 'train'
made=$(tekton '.runs[0].name' | tr -d '"')
world_get "/apis/tekton.dev/v1/namespaces/ml/pipelineruns/$made" >"$TMP/run"
is "$(jq -r '.spec.params | map(.name + "=" + .value) | join(" ")' "$TMP/run")" \
    'automl-model=m1 branchName=auto-update fork=git@github.com:kubeflow/code-intelligence.git forkName=fork url=https://github.com/kubeflow/code-intelligence.git revision=master other=x' \
    'params'
says needsTrain '{"needsSync": true, "parameters": {}}'
go
is "$(tekton '[.runs[].owner] | length')" 2 'runs'
L=/apis/modelsync.dev/v1alpha1/namespaces/ml/modelsyncs

t 'a lambda that does not answer: told once'
runner
objects "$(sync never)" "$(sync far | sed 's|127.0.0.1:[0-9]*/lambda|127.0.0.1:1|')"
sed -i 's|allowedURLs: \[|&"http://127.0.0.1:1/far", |' "$W/runner.yaml"
says never '"never"'
go
go
world_ctl DELETE /record >/dev/null
go
want 1 end=failed 'no whole answer came in time' 'connect to 127.0.0.1 port 1: '
is "$(world_record 'select(.method == "PATCH") | .path' | grep -c status)" 0 'status writes'

t 'a thousand parameters'
runner
objects "$(sync many)"
says many "$(jq -nc '{needsSync: true, parameters: ([range(999) | {"p\(.)": .}] | add + {name: "m"})}')"
go
want 0 verb=create
made=$(tekton '.runs[0].name' | tr -d '"')
is "$(world_get "/apis/tekton.dev/v1/namespaces/ml/pipelineruns/$made" |
    jq -c '.spec.params | [length, (map(.value) | unique | length)]')" '[1000,1000]' 'params'

t 'a list that ends in the middle is no list'
runner
objects "$(sync deploy)"
says deploy "$YES"
i=0
while [ "$i" -lt 300 ]; do
	i=$((i + 1))
	sync "o$i"
done | jq -s . >"$TMP/objects"
world_put "$TMP/objects"
world_fault '{"match": {"path": "/modelsync.dev/.*modelsyncs", "nth": 2}, "kind": "status", "status": 404, "times": 1}'
go
want 1 'behind page 1'
world_fault '{"match": {"path": "/modelsync.dev/.*modelsyncs", "nth": 2}, "kind": "status", "status": 410, "times": 1}'
go
want 1 'forgot the list'
is "$(tekton '.runs | length')" 0 'runs'

# some KIND GROUP NAME SIZE N: N objects, each with an annotation of SIZE bytes
some()
{
	jq -n -c --arg kind "$1" --arg group "$2" --arg name "$3" \
	    --argjson size "$4" --argjson n "$5" '("x" * $size) as $x |
	    [range($n) | {apiVersion: $group, kind: $kind,
	    metadata: {name: "\($name)-\(.)", namespace: "ml",
	    annotations: {large: $x}}, spec: {pipelineRef: {name: "other"}}}]'
}

t 'pages beyond the ceiling of an answer are read in smaller ones'
runner
some PipelineRun tekton.dev/v1 foreign 60000 120 >"$TMP/objects"
world_put "$TMP/objects" || exit 1
for o in a b c d e; do
	sync $o
done | jq -s -c '("x" * 900000) as $x | [.[] |
    .spec.pipelineRunTemplate.spec.params += [{name: "large", value: $x}]]' |
    sed "s|http://127.0.0.1:$PORT/lambda|$WORLD_URL/lambda|g" >"$TMP/objects"
world_put "$TMP/objects" || exit 1
for o in a b c d e; do
	says $o "$YES"
done
go
want 0 end=done '5 objects: 5 done'
is "$(tekton '[.runs[] | select(.name | startswith("foreign") | not)] | length')" 5 'runs'
advance 10
go
want 0 '5 objects: 0 done, 5 settled'

t 'without ModelSyncs in the cluster, or without Tekton'
runner
world_ctl POST /absent '["modelsync.dev", "automl.cloudai.kubeflow.org"]' >/dev/null
go
want 3 'knows no ModelSync'
world_ctl POST /absent '["tekton.dev"]' >/dev/null
objects "$(sync deploy)"
says deploy "$YES"
go
want 3 'Tekton is not installed'
is "$(condition deploy Stalled)" 'True TektonAbsent' 'condition'
world_ctl POST /absent '["tekton.dev/v1"]' >/dev/null
objects "$(sync old | sed 's|"pipelineRunTemplate": {|"pipelineRunTemplate": {"apiVersion": "tekton.dev/v1beta1", |')"
says old "$YES"
go
grep -q 'model=ml/old .*end=done.*verb=create' "$TMP/err" || wrong 'no run'
world_ctl POST /absent '[]' >/dev/null

t 'the reply to the create is lost: the run is known, and is one'
runner
objects "$(sync deploy)"
says deploy "$YES"
world_fault '{"match": {"path": "pipelineruns", "method": "POST"}, "kind": "cut-after", "times": 1}'
go
want 1 end=failed
go
go
is "$(tekton '.runs | length')" 1 'runs'
is "$(tekton '[.mostActive[]] | max')" 1 'most active'

t 'two processes at once: one run'
runner
objects "$(sync deploy)"
says deploy "$YES"
"$BIN/run-pipeline" -f "$W/runner.yaml" 2>"$TMP/err.1" &
a=$!
"$BIN/run-pipeline" -f "$W/runner.yaml" 2>"$TMP/err.2" &
b=$!
wait $a
wait $b
is "$(tekton '.runs | length')" 1 'runs'

t 'an object made anew under its name: its Lease is its own'
advance 100
world_ctl DELETE "$L/deploy" >/dev/null
objects "$(sync deploy)"
go
want 0 verb=create
is "$(world_get "$LEASES/run-pipeline-deploy" |
    jq -r '.metadata.ownerReferences[].uid')" \
    "$(world_get "$L/deploy" | jq -r .metadata.uid)" 'owner'

t 'a dry run changes nothing and shows each plan'
runner
objects "$(sync deploy)" "$(sync other)"
says deploy "$YES"
says other "$NO"
before=$(world_record 'select(.effect != null)' | wc -l)
go -n
want 2 end=plan
shows 'create'
is "$(world_record 'select(.effect != null)' | wc -l)" "$before" 'writes'

# written: how many writes there were so far
written()
{
	world_record 'select(.effect != null)' | wc -l
}

t 'a create that is refused: not ready, and stalled if it stays so'
runner
objects "$(sync deploy | sed 's|"pipelineRef": {"name"|"pipelineReff": {"name"|; s|"params"|"pipelineRef": {"name": "x"}, "params"|')"
says deploy "$YES"
go
want 3 end=failed
is "$(condition deploy Ready)" 'False CreateFailed' 'Ready'
is "$(condition deploy Stalled)" 'True CreateFailed' 'Stalled'
world_get "$L/deploy" | jq -r '.status.conditions[0].message' |
    grep -q pipelineReff || wrong 'its message does not tell the field'
is "$(tekton '.runs | length')" 0 'runs'
go
want 3 end=failed
is "$(world_record 'select(.effect != null and (.path | endswith("/status")))' |
    wc -l)" 1 'statuses written'
runner
objects "$(sync deploy)"
says deploy "$YES"
world_fault '{"match": {"path": "pipelineruns", "method": "POST"}, "kind": "status", "status": 503, "times": 1}'
go
want 1 end=failed
is "$(condition deploy Ready)" 'False CreateFailed' 'of a server in trouble'
is "$(condition deploy Stalled | cut -d' ' -f1)" False 'Stalled'
advance 120
go
advance 60
go
is "$(condition deploy Ready)" 'True Running' 'in the end'

t 'lambdas too slow for one run: no false reason, and each is asked in turn'
runner 'concurrency: 2'
set --
i=10
while [ "$i" -lt 24 ]; do
	set -- "$@" "$(sync "slow-$i")"
	says "slow-$i" "$NO"
	i=$((i + 1))
done
objects "$@"
# A cluster may be 5 minutes off the node, no more.
world_clock "{\"now\": \"$(date -u -d '-240 seconds' +%Y-%m-%dT%H:%M:%SZ)\"}" \
    >/dev/null
world_fault '{"match": {"path": "/lambda/"}, "kind": "slow", "ms": 700, "times": 0}'
for i in 1 2 3 4 5 6 7 8; do
	go --deadline 5s
	[ "$i" -ne 1 ] || want 1 'out of time'
	advance 60
done
world_fault off
is "$(world_get "$L" | jq -c '[.items[].status.conditions[] |
    select(.type == "Ready").reason] | unique')" '["InSync"]' 'reasons'
world_ctl GET /lambda/state | jq -e '[.[].asked] | min >= 2' >/dev/null ||
    wrong "asked: $(world_ctl GET /lambda/state | jq -c '[.[].asked]')"

t 'one name in both groups: ours is served, the other says why, for ever'
runner
objects "$(sync deploy | sed 's|modelsync.dev/v1alpha1|automl.cloudai.kubeflow.org/v1alpha1|')"
says deploy "$NO"
go
advance 60
objects "$(sync deploy)"
go
advance 60
go
n=$(written)
for i in 3 4; do
	advance 60
	go
	want 3 end=failed
done
is "$(written)" "$n" 'writes'
is "$(condition deploy Ready)" 'True InSync' 'ours'
O=/apis/automl.cloudai.kubeflow.org/v1alpha1/namespaces/ml/modelsyncs
is "$(world_get "$O/deploy" | jq -r '.status.conditions[] |
    select(.type == "Stalled") | .status + " " + .reason')" \
    'True NameTaken' 'the other'
says deploy "$YES"
for i in 5 6 7; do
	advance 10
	go
done
is "$(tekton '[.runs[].owner] | unique | length')" 1 'owners of runs'

t 'a catch-up goes on beside a broken object, each round a process'
runner
world_ctl POST /tekton/plans '{"pipeline": "*", "ends": {"seconds": 1}}' >/dev/null
objects "$(sync deploy)" "$(sync broken | sed 's|"pipelineRunTemplate": {|"pipelineRunTemplate": {"metadata": {"namespace": "kube-system"}, |')"
i=0
while [ "$i" -lt 4 ]; do
	i=$((i + 1))
	says deploy "{\"needsSync\": true, \"parameters\": {\"name\": \"m$i\"}}"
	go
	want 3 verb=create
	advance 5
done
says deploy "$NO"
go
objects "$(sync deploy '"successfulPipelineRunsHistoryLimit": 1')"
world_ctl DELETE /record >/dev/null
go -C
want 3 end=failed verb=delete
is "$(world_get /apis/tekton.dev/v1/namespaces/ml/pipelineruns | jq '.items | length')" \
    1 'runs left'
is "$(world_record .run | sort -u | wc -l)" 4 'processes'

t 'a thousand objects'
runner 'concurrency: 64'
i=0
while [ "$i" -lt 1000 ]; do
	i=$((i + 1))
	sync "o$i"
done | sed 's|/lambda/o[0-9]*"|/lambda/all"|' >"$TMP/many"
jq -s . "$TMP/many" | sed "s|http://127.0.0.1:$PORT/lambda|$WORLD_URL/lambda|g" >"$TMP/objects"
world_put "$TMP/objects"
says all "$NO"
go
want 0 '1000 objects: 0 done, 1000 settled'
world_ctl DELETE /record >/dev/null
go
want 0 '1000 objects'
is "$(world_record .n | wc -l)" 1007 'exchanges'
finish_all
