#!/bin/sh
# The files for a cluster: what they promise, and that a promise broken is
# noticed.  kubectl and promtool take part where they are installed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
export PYTHONDONTWRITEBYTECODE=1

render=
if command -v kubectl >/dev/null; then
	render=render
else
	echo 'skip rendering the kustomizations: no kubectl here'
fi
# shellcheck disable=SC2086
python3 "$top/tests/manifests/expect.py" "$top" $render || failed=1

# broken WHAT FILE SED: a copy with this edit must fail, saying WHAT.
broken()
{
	rm -rf "$TMP/copy"
	mkdir "$TMP/copy"
	cp -R "$top/cronjobs" "$top/manifests" "$TMP/copy"
	mkdir -p "$TMP/copy/tests" "$TMP/copy/cmd"
	cp "$top/tests/setup" "$TMP/copy/tests"
	for tool in train-model deploy-model run-pipeline; do
		mkdir "$TMP/copy/cmd/$tool"
		: >"$TMP/copy/cmd/$tool/decide.c"
	done
	sed -i "$3" "$TMP/copy/$2"
	cmp -s "$TMP/copy/$2" "$top/$2" && wrong "$2: \"$3\" edits nothing"
	python3 "$top/tests/manifests/expect.py" "$TMP/copy" \
	    >"$TMP/out" 2>"$TMP/err" && wrong "$2: \"$3\" goes unnoticed"
	grep -q "^FAIL.*$1" "$TMP/out" || wrong "$2: \"$3\": no $1"
}

t 'what is broken is noticed: CronJobs'
broken twins cronjobs/train-model.yaml 's/--dry-run, //'
broken twins cronjobs/deploy-model.yaml 's/, --held-ok//'
broken twins cronjobs/train-model.yaml 's/suspend: true/suspend: false/'
broken twins cronjobs/common.yaml 's/Forbid$/Allow/'
broken activeDeadline cronjobs/train-model.yaml 's/Seconds: 900/Seconds: 700/'
broken activeDeadline manifests/model.yaml 's/deadline: 10m/deadline: 30m/'
broken activeDeadline cronjobs/common.yaml 's/backoffLimit: 0/backoffLimit: 6/'
broken restricted cronjobs/common.yaml '/readOnlyRoot/d'
broken restricted cronjobs/common.yaml 's/DisruptionTarget/Ready/'
broken volumes cronjobs/train-model.yaml '/readOnly: true/s/true/false/'
broken volumes cronjobs/deploy-model.yaml 's/claimName: git-cache/claimName: x/'

t 'what is broken is noticed: rights, Leases'
broken 'plan nothing' manifests/train-model/access.yaml \
    's/\[get, update\]/[get, update, create]/'
broken 'plan nothing' manifests/deploy-model/access.yaml \
    's/deploy-model-issues/train-model-issues/'
broken 'plan nothing' manifests/deploy-model/access.yaml \
    '/resourceNames: \[deploy-model-issues\]/d'
broken 'plan nothing' manifests/train-model/access.yaml \
    '/name: train-model-plan}$/s/Role, name: train-model-plan/Role, name: train-model/'
broken 'own Lease' manifests/train-model/lease.yaml 's/^kind: .*/&\nspec: {}/'
broken 'own Lease' manifests/deploy-model/lease.yaml '/prune/d'
broken 'own Lease' manifests/model.yaml 's/name: issues/name: others/'
broken namespace manifests/base/namespace.yaml 's/enforce: .*/enforce: baseline/'

broken 'plan nothing' manifests/run-pipeline/access.yaml \
    's/\[modelsyncs\/status\]/[modelsyncs]/'
broken 'plan nothing' manifests/run-pipeline/access.yaml \
    's/verbs: \[create, delete, list\]/verbs: ["*"]/'
broken twins cronjobs/run-pipeline.yaml 's/suspend: true/suspend: false/'

t 'what is broken is noticed: a notebook'
broken notebook manifests/notebook/tekton.yaml 's/runAsUser: 65532/runAsUser: 0/'
broken notebook manifests/notebook/tekton.yaml '/MODELSYNC_OUTPUT/d'
broken notebook manifests/notebook/tekton.yaml 's/image: .*/image: other/'
broken notebook manifests/notebook/tekton.yaml 's/timeout: 16m/timeout: 14m/'
broken notebook manifests/notebook/tekton.yaml \
    's/name: to, value: /name: too, value: /'
broken notebook manifests/notebook/job.yaml 's/suspend: true/suspend: false/'
broken notebook manifests/notebook/job.yaml 's/timeout=14m/timeout=16m/'
broken notebook manifests/notebook/requirements.txt 's/^nbclient==/nbclient>=/'

t 'what is broken is noticed: training elsewhere'
c=manifests/components
broken 'rights to make' $c/training-job/kustomization.yaml 's/\[create, get\]/[create, get, delete]/'
broken 'rights to make' $c/training-pipelinerun/kustomization.yaml 's/verbs: \[get\]/verbs: [create]/'
broken 'a Job: its' $c/training-job/job.yaml 's/backoffLimit: 0/backoffLimit: 6/'
broken 'a Job: its' $c/training-job/job.yaml 's/Token: false/Token: true/'
broken 'a Job: its' $c/training-job/job.yaml 's/: 1200/: 1800/'
broken 'a Job: its' $c/training-job/job.yaml 's,mountPath: .*},mountPath: /models},'
broken 'a PipelineRun: its' $c/training-pipelinerun/run.yaml 's/subPath: models/subPath: other/'
broken 'a PipelineRun: its' $c/training-pipelinerun/run.yaml 's/name: notebook/name: generation/'
broken 'a PipelineRun: its' $c/training-pipelinerun/run.yaml 's/20m0s/40m0s/'

t 'what is broken is noticed: rules of models'
broken 'rules: what' $c/model-rules/kustomization.yaml 's/\[leases\], verbs: \[get\]/[leases], verbs: [get, update]/'
broken 'rules: what' $c/model-rules/kustomization.yaml 's/name: "run-pipeline(-plan)?"/name: "run-pipeline"/'
broken 'rules: what' $c/model-rules/pod.yaml 's/secretName: .*/secretName: deploy-model/'
broken 'rules: what' $c/model-rules/pod.yaml 's/claimName: git-cache/claimName: cache/'
broken 'rules: what' $c/model-rules/pod.yaml 's/512Mi/128Mi/'

t 'what is broken is noticed: files'
broken parses manifests/base/store.yaml 's/^kind: .*/&\n&/'
broken parses manifests/base/store.yaml 's/kind: .*/kind: Thing/'
broken named manifests/base/kustomization.yaml '/store.yaml/d'
broken named manifests/kustomization.yaml 's/\[model.yaml\]/[no.yaml]/'
broken target manifests/components/emptydir-cache/kustomization.yaml \
    's/name: deploy-model/name: deploy-modell/'
broken recipe manifests/Containerfile 's/libgit2-dev/libgit3-dev/'

if ! command -v promtool >/dev/null; then
	finish
	echo 'skip the alerts: no promtool here (Debian: prometheus)'
	exit "$failed"
fi
t 'the alerts: promtool accepts them, and each fires when it must'
sed '1,/^spec:/d' "$top/manifests/components/alerts/alerts.yaml" \
    >"$TMP/rules.yaml"
cp "$top/tests/manifests/alerts.yaml" "$TMP"
promtool check rules "$TMP/rules.yaml" >"$TMP/out" 2>&1 ||
	wrong "$(cat "$TMP/out")"
(cd "$TMP" && promtool test rules alerts.yaml) >"$TMP/out" 2>&1 ||
	wrong "$(cat "$TMP/out")"
rules=$(grep -c -- '- alert:' "$TMP/rules.yaml")
is "$(grep -c 'eval_time: 4d, alertname' "$TMP/alerts.yaml") $(
    grep -c "alertname=" "$TMP/alerts.yaml")" "$rules $rules" 'alerts played'
finish_all
