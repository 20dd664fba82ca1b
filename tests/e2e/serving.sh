#!/bin/sh
# Models that were there before us, and which models serve; all simulated.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

MODELS=projects/p/locations/us-central1/models

# automl [SERVING], vertex [SERVING]: a project that takes over what is named
# kubeflow_issues.
automl()
{
	cloud 'automl: {project: p, store: "gs://bucket/models", displayName: kubeflow_issues, settle: 10m}' "$@"
}

vertex()
{
	cloud 'vertex: {project: p, location: us-central1, store: "gs://bucket/models", image: fit, displayName: kubeflow_issues}' "$@"
	google images "{\"image\": \"fit\", \"command\": [\"$BIN/fit-labels\"]}"
	google vertex '{"endpoint": "bot"}'
}

# names MODEL: git names it everywhere, as people wrote it there.
names()
{
	(cd "$W/work" && sed -i "s|notavlidmodel|$1|" deployment/Kptfile \
	    deployment/base/*.yaml &&
	    sed -i "s|placeholder: .*|placeholder: []|" deployment/Kptfile)
	git -C "$W/work" commit -q -am "$1 answers"
	git -C "$W/work" push -q "$W/config.git" main
}

# more N FROM DAY: so many more issues in a table of their own.
more()
{
	events "$1" "$2" "$3" >"$TMP/more"
	table "2026091$3" "$TMP/more"
}

# trains VERB...: those steps, one a run, the last of them done.
trains()
{
	for verb in "$@"; do
		does "$verb"
		[ "$verb" != train ] || elapse 3600
	done
}

by_automl='measure choose export dataset import train register'
by_vertex='measure choose export train upload register'

# deploys VERB: the next run does this.
deploys()
{
	run deploy-model
	want 0 end=done "verb=$1"
}

# state MODEL: whether AutoML lets it answer.
state()
{
	google_state ".models[] | select(.name == \"$1\") | .deploymentState" |
	    tr -d '"'
}

# ours N: the name of our Nth model.
ours()
{
	google_state "[.models[] | select(.labels[\"modelsync-owner\"])][$1 - 1].name" |
	    tr -d '"'
}

# unchanged COMMAND...: of all that a run could have changed but its Lease,
# which remembers the failure, nothing is another.
unchanged()
{
	things >"$TMP/before"
	"$@"
	things >"$TMP/after"
	cmp -s "$TMP/before" "$TMP/after" || {
		wrong "$* changed something:"
		diff "$TMP/before" "$TMP/after" | head -n 5
	}
}

things()
{
	google_state
	git -C "$W/config.git" show-ref
}

t 'AutoML: a model of before us that is live counts for freshness, and stays'
automl '{when: proposed, keep: 1h}'
google automl '{"old": {"displayName": "kubeflow_issues", "age": 3600, "id": "TCN7", "deployed": true, "labels": {"a_b": [80, 10, 20]}}}'
names "$MODELS/TCN7"
run train-model
want 0 end=settled 'row="7 '
run deploy-model
want 0 end=settled 'git names the newest'
elapse 90000
# shellcheck disable=SC2086
trains $by_automl
deploys serve
elapse 120
deploys push
is "$(on auto-update deployment/Kptfile | grep -c "value: $(ours 1)")" 1 \
    'the proposal names ours'
merge
run deploy-model
want 0 end=settled
elapse 90000
run deploy-model
want 0 end=settled
is "$(state "$MODELS/TCN7"), $(state "$(ours 1)")" 'DEPLOYED, DEPLOYED' serving

t 'AutoML: a model of before us with the evaluation of the whole alone'
automl
google automl '{"old": {"displayName": "kubeflow_issues", "age": 7200, "id": "TCN7"}}'
run deploy-model
want 0 end=settled 'row="9 no model passes' 'no evaluation of a label'
names "$MODELS/TCN7"
run deploy-model
want 0 end=settled 'row="9 git names the newest'

t 'AutoML: a model of before us may be proposed, by labels as they are'
automl '{when: merged}'
google automl '{"old": {"displayName": "kubeflow_issues", "age": 7200, "id": "TCN7", "labels": {"a_b": [80, 10, 20], "c": [8, 1, 2]}}}'
deploys push
is "$(on auto-update deployment/Kptfile | grep -c "value: $MODELS/TCN7")" 1 \
    'the proposal names it'
merge
deploys serve
elapse 120
run deploy-model
want 0 end=settled
is "$(state "$MODELS/TCN7")" DEPLOYED serving

t 'AutoML: an evaluation without its label is told, and changes nothing'
automl
google automl '{"old": {"displayName": "kubeflow_issues", "age": 60, "id": "TCN7", "labels": {"bug": [80, 10, 20]}}}'
google automl "{\"spoil\": \"$MODELS/TCN7/modelEvaluations/1\"}"
unchanged run deploy-model
want 0 end=settled 'row="7 evaluation awaited' "without the label's name"
elapse 3600
unchanged run deploy-model
want 0 end=settled 'row="9 no model passes' "without the label's name"
names "$MODELS/TCN7"
unchanged run deploy-model
want 0 end=settled 'git names the newest'

t 'AutoML: what is proposed stays so when its evaluation is not told'
automl
google automl '{"old": {"displayName": "kubeflow_issues", "age": 7200, "id": "TCN7", "labels": {"bug": [80, 10, 20]}}}'
deploys push
for body in '{}' '{"modelEvaluation": [{"name": "m/e"}]}'; do
	world_fault "{\"match\": {\"path\": \"modelEvaluations\"}, \"kind\": \"status\", \"status\": 200, \"body\": $body, \"headers\": {\"Content-Type\": \"application/json\"}}"
	unchanged run deploy-model
	want 1 end=failed 'row="8 evaluation' 'is not told'
	world_fault off
done
run deploy-model
want 0 end=settled 'row="18 '

t 'a model without createTime: a sentence, and nothing changes'
for cloud in automl vertex; do
	$cloud
	google "$cloud" '{"old": {"displayName": "kubeflow_issues", "age": 7200, "id": "7"}}'
	google "$cloud" "{\"spoil\": \"$MODELS/7\"}"
	for tool in train-model deploy-model; do
		unchanged run "$tool"
		want 1 end=failed "$MODELS/7: without name or createTime"
	done
done

t 'AutoML: an operation without metadata is told, and nothing is begun again'
automl
# shellcheck disable=SC2086
for verb in measure choose export dataset import train; do
	does "$verb"
done
google automl "{\"spoil\": $(google_state '.operations[-1].name')}"
unchanged run train-model
want 0 end=settled 'row="3 open generation: '
elapse 3600
does register
is "$(google_state '.trainings | length')" 1 trainings

# one_time ID ID: two models of before us, made in the same second and listed
# in that order.
one_time()
{
	automl
	for id; do
		google automl "{\"old\": {\"displayName\": \"kubeflow_issues\", \"age\": 7200, \"id\": \"$id\", \"labels\": {\"bug\": [80, 10, 20]}}}"
	done
}

t 'equal createTimes: the newest is the same however they are listed'
for order in 'TCN3 TCN5' 'TCN5 TCN3'; do
	# shellcheck disable=SC2086
	one_time $order
	for _ in 1 2 3; do
		run deploy-model -n
		shows "$MODELS/TCN5"
	done
	deploys push
	is "$(on auto-update deployment/Kptfile | grep -c "value: $MODELS/TCN5")" \
	    1 "$order: the proposal names TCN5"
	merge
	run deploy-model
	want 0 end=settled 'git names the newest'
	# shellcheck disable=SC2086
	one_time $order
	names "$MODELS/TCN3"
	deploys push
done

t 'equal createTimes of ours and of one that was taken over'
automl
does measure
chosen=$NOW
# shellcheck disable=SC2086
trains ${by_automl#measure }
age=$(($(date -u -d "$NOW" +%s) - $(date -u -d "$chosen" +%s)))
google automl "{\"old\": {\"displayName\": \"kubeflow_issues\", \"age\": $age, \"id\": \"TCN9\", \"labels\": {\"bug\": [80, 10, 20]}}}"
deploys push
is "$(on auto-update deployment/Kptfile | grep -c "value: $MODELS/TCN9")" 1 \
    'the proposal names TCN9'
merge
run deploy-model
want 0 end=settled 'git names the newest'
person main "sed -i 's|$MODELS/TCN9|$(ours 1)|' deployment/Kptfile deployment/base/*.yaml" 'ours again'
run deploy-model
want 2 end=held "$MODELS/TCN9 was rolled back"

t 'AutoML: what is live no more is undeployed after serving.keep'
automl '{when: proposed, keep: 2h}'
# shellcheck disable=SC2086
trains $by_automl
deploys serve
elapse 120
deploys push
merge
elapse 90000
more 40 200 5
# shellcheck disable=SC2086
trains $by_automl
deploys serve
elapse 120
deploys push
run deploy-model
want 0 end=settled 'row="18 '
merge
elapse 3600
run deploy-model
want 0 end=settled
is "$(state "$(ours 1)"), $(state "$(ours 2)")" 'DEPLOYED, DEPLOYED' 'for an hour'
elapse 7200
run deploy-model
want 0 verb=undeploy 'row="21 ' "$(ours 1)"
is "$(state "$(ours 1)"), $(state "$(ours 2)")" 'UNDEPLOYED, DEPLOYED' serving
run deploy-model
want 0 end=settled

t 'AutoML: when merged, nothing serves before git names it'
automl '{when: merged, keep: 1h}'
# shellcheck disable=SC2086
trains $by_automl
deploys push
run deploy-model
want 0 end=settled 'row="18 '
is "$(state "$(ours 1)")" UNDEPLOYED 'before the merge'
merge
run deploy-model
want 0 verb=serve 'does not serve'
run deploy-model
want 0 end=settled
elapse 120
run deploy-model
want 0 end=settled
is "$(state "$(ours 1)")" DEPLOYED 'behind the merge'

# raced AGAIN: somebody deploys the model while our request is on its way, and
# the service answers it so.
raced()
{
	automl '{when: proposed}'
	# shellcheck disable=SC2086
	trains $by_automl
	google automl "{\"again\": \"$1\"}"
	world_fault '{"match": {"method": "POST", "path": ":deploy$"}, "kind": "hold", "times": 1}'
	"$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>"$TMP/err" &
	running=$!
	world_held 1 >"$TMP/held"
	google automl "{\"deployed\": \"$(ours 1)\"}"
	world_release
	wait "$running"
	RC=$?
	world_fault off
}

t 'AutoML: what somebody deployed first is as good as done'
for again in refused noop; do
	raced "$again"
	want 0 end=done verb=serve
	deploys push
done

t 'AutoML: another operation that goes on is no success'
raced running
want 1 end=failed verb=serve 'already running'
is "$(jq -r '.log.outcomes[-1] | .verb + " " + .result' "$W/leases/deploy-model-issues.json")" \
    'serve failed' 'the outcome'

t 'Vertex AI: a model of before us that is live counts, and keeps its machine'
vertex '{endpoint: bot, keep: 1h}'
google vertex '{"old": {"displayName": "kubeflow_issues", "age": 3600, "id": "7", "endpoint": "bot", "evaluations": [{"age": 3600, "labels": {"a_b": [80, 10, 20]}}]}}'
names "$MODELS/7"
run train-model
want 0 end=settled 'row="7 '
run deploy-model
want 0 end=settled 'git names the newest'
elapse 90000
# shellcheck disable=SC2086
trains $by_vertex
deploys serve
elapse 60
deploys push
is "$(google_state '.endpoints[0].trafficSplit')" '{"1":100}' 'traffic before the merge'
merge
deploys shift
elapse 90000
run deploy-model
want 0 end=settled
is "$(google_state '.endpoints[0].deployedModels | map(.model | split("/")[-1]) | index("7") != null and length == 2')" \
    true 'it has its machine'

t 'Vertex AI: of several evaluations the newest counts, however they are listed'
good='{"age": 60, "labels": {"bug": [80, 10, 20], "c": [8, 1, 2]}}'
poor='{"age": 3600, "labels": {"bug": [10, 80, 90], "c": [8, 1, 2]}}'
for list in "$good, $poor" "$poor, $good"; do
	vertex '{endpoint: bot, when: merged}'
	google vertex "{\"old\": {\"displayName\": \"kubeflow_issues\", \"age\": 7200, \"id\": \"7\", \"evaluations\": [$list]}}"
	run deploy-model
	want 0 end=done verb=push 'precision 0.889' 'recall 0.800'
	is "$(on auto-update deployment/Kptfile | grep -c "value: $MODELS/7")" 1 \
	    'the proposal names it'
done

t 'Vertex AI: evaluations that cannot be told apart, or without a label'
for part in evaluations/1 evaluations/2/slices/1; do
	vertex
	google vertex "{\"old\": {\"displayName\": \"kubeflow_issues\", \"age\": 7200, \"id\": \"7\", \"evaluations\": [$poor, $good]}}"
	google vertex "{\"spoil\": \"$MODELS/7/$part\"}"
	unchanged run deploy-model
	case $part in
	*slices*)
		want 0 end=settled 'row="9 no model' "without the label's name"
		;;
	*)
		want 0 end=settled 'row="9 no model' "$MODELS/7/evaluations/1: without name or createTime"
		;;
	esac
done

t 'Vertex AI: the answer to a deployment is lost; our id is taken, and fine'
vertex '{endpoint: bot}'
# shellcheck disable=SC2086
trains $by_vertex
world_fault '{"match": {"method": "POST", "path": ":deployModel$"}, "kind": "cut-after", "times": 1}'
run deploy-model
want 1 verb=serve
world_fault off
deploys close
deploys serve
is "$(google_state '.endpoints | length')" 1 endpoints
elapse 60
deploys push
is "$(google_state '.endpoints[0].deployedModels | length')" 1 deployments
finish_all
