#!/bin/sh
# Bad input: a sentence that names place and remedy, the right exit status,
# and nothing changed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# edit SED-SCRIPT: the Model document
edit()
{
	sed -i "$1" "$W/model.yaml"
}

t 'unknown key'
world
edit 's/organisation:/organization:/'
untouched train-model
want 3 'model.yaml:6:' 'organization' 'organisation'
untouched deploy-model
want 3 'model.yaml:6:'

t 'bad duration'
world
edit 's/maximumAge: 24h/maximumAge: 24 hours/'
untouched train-model
want 3 'model.yaml:10:' 'duration'

t 'no document, and one that is not YAML'
world
rm "$W/model.yaml"
untouched train-model
want 3 'model.yaml'
echo '{' >"$W/model.yaml"
untouched train-model
want 3 'model.yaml:'

t 'wrong usage'
world
untouched train-model --nonsense
want 3 'see train-model --help'
untouched train-model -n -C
want 3
untouched deploy-model stray
want 3 'stray'
untouched train-model --deadline 5
want 3 'duration'
untouched train-model --log xml
want 3 'logfmt or json'
untouched train-model --event-for ../leases/x
want 3 'name of a CronJob'
untouched train-model --event-for train-issues
want 3 '--event-for needs spec.lease.kubernetes'
untouched train-model --push-gateway http://127.0.0.1:9091/prefix
want 3 '--push-gateway: ' 'expected https://HOST'
untouched train-model -o html
want 3 'markdown'
untouched train-model --deadline 0s
want 3 'duration'
"$BIN/train-model" -f "$W/model.yaml" --now yesterday 2>"$TMP/err"
RC=$?
want 3 'RFC 3339'
"$BIN/train-model" -n 2>"$TMP/err" >"$TMP/out"
RC=$?
want 3 '/etc/modelsync/model.yaml'
"$BIN/train-model" -n -f "$W/model.yaml" --now "$NOW" >/dev/full 2>"$TMP/err"
RC=$?
want 1 'standard output'
run train-model --help
want 0
shows 'usage: train-model'
run deploy-model --version
want 0
shows 'deploy-model '

t 'no archive'
world
rm "$W"/events/*
untouched train-model
want 3 'events/*.json'

t 'empty archive'
world
: >"$W/events/1.json"
untouched train-model
want 3 'events/1.json'

t 'archive cut short'
world
gzip -k "$W/events/1.json"
head -c 2000 "$W/events/1.json.gz" >"$W/events/cut.json.gz"
rm "$W/events/1.json" "$W/events/1.json.gz"
edit 's,events/\*.json,events/*.json.gz,'
untouched train-model
[ "$RC" -eq 1 ] || [ "$RC" -eq 3 ] || wrong "exit $RC"
want "$RC" 'events/cut.json.gz'
world
truncate -s -30 "$W/events/1.json"
untouched train-model
[ "$RC" -eq 1 ] || [ "$RC" -eq 3 ] || wrong "exit $RC"
want "$RC" 'events/1.json:96'

t 'an archive without issues of the organisation'
world
edit 's/organisation: acme/organisation: other/'
untouched train-model
want 3 'other'

t 'no label with enough examples: hold, with the counts'
world
edit 's/minimumCount: 20/minimumCount: 90/'
untouched train-model
want 2 'row="6 nothing trainable"' 'area/storage 48' 'kind/bug 48'

t 'a trainer that is missing'
world
edit 's/\[fit-labels\]/[no-such-trainer]/'
untouched train-model
want 3 'no-such-trainer' 'not found'

# trainer SCRIPT: a trainer of a few lines
trainer()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$W/trainer"
	chmod +x "$W/trainer"
	edit 's,\[fit-labels\],[./trainer],'
}

t 'a trainer that fails: recorded, backed off from, then held'
world
trainer 'echo "out of ideas"; exit 7'
run train-model
run train-model
want 1 'exit 7' 'trainer.log'
is "$(count failed) $(count models)" '1 0' 'failed, models'
grep -q 'out of ideas' "$W"/models/failed/*/trainer.log || wrong 'no log'
untouched train-model
want 0 'row="10 backing off"' '2026-10-01T00:10:00Z'
later '10 minutes'
run train-model
want 0 verb=build
run train-model
want 1 'exit 7'
later '19 minutes'
untouched train-model
want 0 'row="10 backing off"'
later '1 minute'
run train-model
run train-model
want 1
later '30 days'
untouched train-model
want 2 'row="9 too many failures"'
is "$(count failed)" 3 failed
sed -i 's/exit 7/exit 0/' "$W/trainer"
edit 's/deadline: 1m}/deadline: 1m}\n    retry: "more ideas"/'
run train-model
want 0 verb=build

t 'a trainer that hangs is killed with all it started'
world
# shellcheck disable=SC2016
trainer 'sleep 60 & echo $! >"$MODELSYNC_DATASET/../../../child"; sleep 60'
edit 's/deadline: 1m/deadline: 1s/'
run train-model
run train-model
want 1 'deadline of 1s'
is "$(count failed)" 1 failed
over "$(cat "$W/child")" || wrong 'its child lives'

t 'a trainer that writes garbage, or nothing, or about something else'
for what in 'echo "{" >evaluation.json' 'exit 0' \
    'echo "{\"version\":1}" >evaluation.json' \
    'kill -SEGV $$'; do
	world
	trainer "$what"
	run train-model
	run train-model
	want 1 'trainer'
	is "$(count failed) $(count models)" '1 0' 'failed, models'
done

t 'repository missing, and branch missing'
world
run train-model -C
edit 's/url: config.git/url: nowhere.git/'
untouched deploy-model
want 3 'nowhere.git'
edit 's/url: nowhere.git/url: config.git/; s/base: main/base: release/'
untouched deploy-model
want 3 'release' 'config.git'

t 'a repository whose transport git has and this has not'
edit 's,url: config.git,url: "git://example.com/x.git",'
untouched deploy-model
want 3 'or a URL as file:///PATH'

t 'the marker is nowhere'
world
run train-model -C
edit 's/setter: automl-model/setter: other-model/; /fields:/d'
untouched deploy-model
want 3 'row="4 marker found nowhere"'

t 'a field that leads nowhere'
world
run train-model -C
edit 's/path: env.MODEL/path: env.NO/'
untouched deploy-model
want 3 'deployment/base/env.yaml' 'env.NO'
edit 's,file: deployment/base/env.yaml,file: deployment/none.yaml,'
untouched deploy-model
want 3 'deployment/none.yaml'

t 'a marked file that is not YAML'
world
run train-model -C
person main "sed -i 's/^orgs:/orgs: [/' deployment/base/config.yaml"
untouched deploy-model
want 3 'deployment/base/config.yaml:'
person main "printf 'env: {MODEL' >deployment/base/env.yaml"
untouched deploy-model
want 3 'deployment/base/'

t 'nonsense in the Lease is never overwritten'
world
run train-model
echo '{"version":7}' >"$W/leases/train-model-issues.json"
untouched train-model
want 3 'leases/train-model-issues.json'
echo nonsense >"$W/leases/train-model-issues.json"
untouched train-model
want 3 'leases/train-model-issues.json'

t 'a stray folder in the store is not understood, so nothing is done'
world
run train-model -C
mkdir "$W/models/models/stray"
untouched train-model
want 3 'models/stray'
untouched deploy-model
want 3 'models/stray'

t 'a clock that runs hours behind'
world
run train-model -C
later '-6 hours'
untouched train-model
want 1 'clock'

if [ "$(id -u)" -ne 0 ]; then
	as=
elif command -v setpriv >/dev/null; then
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	as=none
fi
t 'a store that cannot be written'
world
run train-model
chmod -R a+rwX "$TMP"
chmod 555 "$W/models" "$W/models"/*
if [ "$as" != none ]; then
	# shellcheck disable=SC2086
	$as "$BIN/train-model" -f "$W/model.yaml" --now "$NOW" \
	    >"$TMP/out" 2>"$TMP/err"
	RC=$?
	want 3 'models'
	is "$(count models) $(count failed)" '0 0' 'models, failed'
fi

finish_all
