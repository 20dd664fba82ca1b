#!/bin/sh
# Events on the CronJob, in a simulated cluster.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"

# owned: a cluster with the CronJob that runs us.
owned()
{
	cluster
	cat >"$TMP/cronjob" <<-'X'
	{"apiVersion": "batch/v1", "kind": "CronJob",
	 "metadata": {"name": "train-issues", "namespace": "ml"},
	 "spec": {"schedule": "*/15 * * * *", "jobTemplate": {"spec": {
	  "template": {"spec": {"restartPolicy": "Never", "containers":
	   [{"name": "train-model", "image": "modelsync"}]}}}}}}
	X
	world_put "$TMP/cronjob" || exit 1
	uid=$(world_get /apis/batch/v1/namespaces/ml/cronjobs/train-issues |
	    jq -r .metadata.uid)
}

# events FILTER: of all Events
events_of()
{
	world_get /apis/events.k8s.io/v1/namespaces/ml/events |
	    jq -c "[.items[] | $1]"
}

# The exchanges of the last run, as METHOD/resource.
exchanges()
{
	world_record '.method + " " + (.path | split("?")[0] | split("/") |
	    .[6])' | tr -d '"' | paste -sd ,
}

t 'what was done is an Event regarding the CronJob'
owned
world_ctl DELETE /record >/dev/null
tick train-model --event-for train-issues
want 0 verb=build
grep -q unsaid "$TMP/err" && wrong "$(grep unsaid "$TMP/err")"
is "$(exchanges)" \
    'GET leases,PUT leases,PUT leases,GET cronjobs,POST events' exchanges
is "$(events_of '[.type, .reason, .action, .regarding.name, .regarding.uid,
    .reportingController]')" "[[\"Normal\",\"SuccessfulBuild\",\"Build\",\"train-issues\",\"$uid\",\"modelsync.dev/train-model\"]]" Event
tick train-model
want 0 verb=train

t 'nothing done, a dry run: no Event, and nothing is read for one'
world_ctl DELETE /record >/dev/null
tick train-model --event-for train-issues
want 0 end=settled
tick train-model -n --event-for train-issues
is "$(exchanges)" 'GET leases,GET leases' exchanges

t 'the same failure again is one Event, as a series'
owned
mv "$W/events" "$W/gone"
for _ in 1 2 3; do
	tick train-model --event-for train-issues
	want 3 end=failed
	grep -q unsaid "$TMP/err" && wrong "$(grep unsaid "$TMP/err")"
	advance 60
done
is "$(events_of '[.type, .reason, .series.count]')" \
    '[["Warning","FailedRun",3]]' Events

t 'an Event that cannot be written changes no exit status'
owned
tick train-model --event-for other
want 0 verb=build unsaid=event 'CronJob ml/other: status 404'
owned
world_fault '{"match": {"method": "POST", "path": "/events"}, "kind": "status", "status": 403}'
tick train-model --event-for train-issues
want 0 verb=build unsaid=event 'status 403'
for kind in refused cut-before cut-after html garbage truncated; do
	owned
	world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"/events\"}, \"kind\": \"$kind\"}"
	tick train-model --event-for train-issues
	want 0 verb=build unsaid=event
done
world_fault off

finish_all
