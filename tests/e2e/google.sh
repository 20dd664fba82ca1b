#!/bin/sh
# Credentials of Google and what its services refuse: a sentence, the right
# exit status, and nothing changed.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

vertex='vertex: {project: p, store: "gs://bucket/m", image: fit, settle: 10m}'
openssl genrsa -out "$TMP/rsa.pem" 2048 2>/dev/null
openssl rsa -in "$TMP/rsa.pem" -pubout -out "$TMP/public.pem" 2>/dev/null

# key [JQ]: a service account and the file of its key, changed by a filter.
key()
{
	jq -n --rawfile key "$TMP/rsa.pem" --arg uri "http://oauth2.localhost:$port/token" \
	    '{type: "service_account", project_id: "p", private_key_id: "k1",
	    private_key: $key, client_email: "robot@p.example.com",
	    token_uri: $uri}' | jq "${1:-.}" >"$W/key.json"
	google accounts "$(jq -n --rawfile public "$TMP/public.pem" \
	    '{email: "robot@p.example.com", public: $public}')"
	sed -i '/^    credentialsFile/d; s|^  google:|  google:\n    credentialsFile: key.json|' \
	    "$W/model.yaml"
}

# refused EXIT WORDS...: the next run says so and changes nothing in Google.
refused()
{
	google_state 'del(.operations)' >"$TMP/before"
	run train-model
	want "$@"
	google_state 'del(.operations)' >"$TMP/after"
	cmp -s "$TMP/before" "$TMP/after" || wrong 'something was changed'
	! grep -q 'AAAA\|ya29\|MII' "$TMP/err" || wrong 'a secret was told'
}

# answers METHOD PATH STATUS BODY: Google's next answer there.
answers()
{
	world_fault "{\"match\": {\"method\": \"$1\", \"path\": \"$2\"}, \"kind\": \"status\", \"status\": $3, \"body\": $4, \"times\": 0, \"headers\": {\"Content-Type\": \"application/json\"}}"
}

t 'the key of a service account: an assertion that verifies'
cloud "$vertex"
at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
key
run train-model
want 0 verb=measure
is "$(world_record 'select(.path == "/token") | .status')" 200 'the token endpoint'

t 'a key that Google does not know any more'
cloud "$vertex"
at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
key
google accounts '{"email": "robot@p.example.com", "public": "none"}'
refused 3 'key.json' 'robot@p.example.com refused: invalid_grant: Invalid JWT Signature.' 'deleted'

t 'a node whose clock is wrong'
cloud "$vertex"
key
refused 3 'invalid_grant' 'clock wrong'

t 'keys that are none: where, and what was expected'
cloud "$vertex"
key
echo '{"type": "service_account",' >"$W/key.json"
refused 3 'key.json: 2:0: no JSON'
key 'del(.client_email)'
refused 3 'client_email' 'in it, expected a text'
key '.private_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"'
refused 3 'private_key: no private key in PEM'
openssl ecparam -name prime256v1 -genkey -noout -out "$TMP/ec.pem"
key "$(jq -n --rawfile k "$TMP/ec.pem" '$k' | sed 's/^/.private_key = /')"
refused 3 'is not RSA'
key '.type = "external_account"'
refused 3 'external_account are not built yet'
key '.type = "other"'
refused 3 'expected service_account or authorized_user'
key '.token_uri = "http://oauth2.example.com/token"'
refused 3 'over https only'
rm "$W/key.json"
refused 3 'key.json: there is no such file'

t 'the credentials of a user'
cloud "$vertex"
key '{type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r1", token_uri}'
refused 3 'invalid_grant'
google accounts '{"email": "ann@example.com", "refresh": "r1"}'
run train-model
want 0 verb=measure

t 'GOOGLE_APPLICATION_CREDENTIALS, and no falling through'
cloud "$vertex"
GOOGLE_APPLICATION_CREDENTIALS=$W/none.json
export GOOGLE_APPLICATION_CREDENTIALS
refused 3 'none.json: there is no such file'
unset GOOGLE_APPLICATION_CREDENTIALS

t 'a metadata server that is only starting'
cloud "$vertex"
world_fault '{"match": {"path": "/computeMetadata/"}, "kind": "status", "status": 404, "times": 3}'
run train-model
want 0 verb=measure
t 'one that is somebody else'
cloud "$vertex"
world_fault '{"match": {"path": "/computeMetadata/"}, "kind": "html", "times": 0}'
refused 1 'without Metadata-Flavor'

t 'the token is not kept out of a dry run, and nothing else is asked by POST'
cloud "$vertex"
run train-model -n
want 2
shows measure 'the query reads'
is "$(world_record 'select(.method == "POST" and .path != "/bigquery/v2/projects/p/jobs")' | wc -l)" 0 POSTs
is "$(google_state '.jobs | length')" 0 jobs

t '403: the missing permission and the account'
cloud "$vertex"
google accounts '{"email": "poor@p.example.com", "permissions": ["storage.objects.list", "aiplatform.models.get", "bigquery.tables.get"], "default": true}'
refused 3 "bigquery.jobs" 'the account of the metadata server' 'grant'

t '401: whose credentials'
cloud "$vertex"
answers GET /storage/ 401 '{"error": {"code": 401, "message": "Invalid Credentials", "status": "UNAUTHENTICATED"}}'
refused 3 'Invalid Credentials' 'are the credentials of'

t '404: a bucket, a table and a project that are not there'
cloud 'vertex: {project: p, store: "gs://nobucket/m", image: fit}'
refused 3 'manifests in gs://nobucket/m' 'does not exist'
cloud "$vertex"
sed -i 's|archive: {tables.*|table: p.d.t}|' "$W/model.yaml"
refused 3 'table p.d.t' 'Not found'

t '400: SQL, with its position'
cloud "$vertex"
sed -i 's|archive: {tables.*|query: "SELECT nothing FROM x", watch: gh.day.20260901}|' "$W/model.yaml"
refused 3 'the query to BigQuery' 'at ['

t 'quota and rates: later runs try again'
cloud "$vertex"
answers GET /bigquery/ 403 '{"error": {"code": 403, "message": "Quota exceeded: too many", "errors": [{"reason": "quotaExceeded", "message": "q"}]}}'
refused 1 'Quota exceeded' 'later runs try again'
world_fault off
answers GET /storage/ 429 '{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}'
refused 1 'slow down'

t 'billing that is off'
cloud "$vertex"
answers GET /bigquery/ 403 '{"error": {"code": 403, "message": "Billing has not been enabled", "errors": [{"reason": "billingNotEnabled"}]}}'
refused 3 'enable billing'

t 'answers that are not Google'"'"'s'
cloud "$vertex"
world_fault '{"match": {"path": "/storage/"}, "kind": "html", "times": 0}'
refused 1 'is something else answering'
world_fault off
world_fault '{"match": {"path": "^/v1/"}, "kind": "deep", "times": 0}'
refused 1
world_fault off
world_fault '{"match": {"path": "^/v1/"}, "kind": "truncated", "count": 1, "times": 0}'
refused 1
world_fault off
answers GET ^/v1/ 200 '{"models": {"a": 1}}'
refused 1 'models is no list'
world_fault off

t 'a list that goes on after what cannot be read is not at its end'
for token in 7 '{}' null; do
	cloud "$vertex"
	answers GET ^/v1/ 200 "{\"models\": [], \"nextPageToken\": $token}"
	refused 1 'nextPageToken is no text'
	world_fault off
done

t 'a query that reads too much is held, and costs nothing'
cloud "$vertex"
sed -i 's|bigquery: {|bigquery: {maximumBytesPerDay: 1000, |' "$W/model.yaml"
refused 2 end=held 'more than maximumBytesPerDay'
sed -i 's|maximumBytesPerDay|maximumBytesBilled|' "$W/model.yaml"
refused 2 end=held 'more than maximumBytesBilled'

t 'a hundred runs on old data bill one query'
cloud "$vertex"
sed -i 's|^    labels: .*|    labels: {allow: ["none/*"]}|' "$W/model.yaml"
run train-model
want 0 verb=measure
i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	elapse 600
	run train-model
	[ "$RC" -eq 2 ] || wrong "run $i"
done
want 2 'row="6 nothing trainable"'
is "$(google_state '.jobs | length')" 1 'billed queries'

t 'midnights change nothing: no table came, and one query is billed'
cloud "$vertex"
sed -i 's|^    labels: .*|    labels: {allow: ["none/*"]}|' "$W/model.yaml"
does measure
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	elapse 7200
	run train-model
	[ "$RC" -eq 2 ] || wrong "run $i"
done
want 2 'row="6 nothing trainable"'
is "$(google_state '.jobs | length')" 1 'billed queries'

t 'a table that came and went out of sight while nobody looked'
elapse 172800
printf '{"table":"gh.day.20260909","rows":%s}' "$(rows "$W/events/1.json")" >"$TMP/table"
google tables "@$TMP/table"
elapse 172800
does measure
elapse 7200
run train-model
want 2 'row="6 '
is "$(google_state '.jobs | length')" 2 'billed queries'

t 'yesterday'"'"'s table still changes after midnight'
cloud "$vertex"
sed -i 's|^    labels: .*|    labels: {allow: ["none/*"]}|' "$W/model.yaml"
at 2026-09-05T22:30:00Z
does measure
table 20260906 /dev/null
at 2026-09-06T00:10:00Z
does measure
table 20260905 "$W/events/1.json"
elapse 3600
does measure
elapse 3600
run train-model
want 2 'row="6 '
is "$(google_state '.jobs | length')" 3 'billed queries'

t 'nobody looked for longer than is looked back: it is asked anew, once'
at 2026-11-01T00:10:00Z
does measure
elapse 7200
run train-model
want 2 'row="6 '
elapse 172800
run train-model
want 2 'row="6 '
is "$(google_state '.jobs | length')" 4 'billed queries'

t 'the tables changed: it is asked again, once'
cloud "$vertex"
sed -i 's|^    labels: .*|    labels: {allow: ["none/*"]}|' "$W/model.yaml"
does measure
printf '{"table":"gh.day.20260905","rows":%s}' "$(rows "$W/events/1.json")" >"$TMP/table"
at 2026-09-05T12:00:00Z
google tables "@$TMP/table"
run train-model
want 0 verb=measure
run train-model
want 2 'row="6 '
is "$(google_state '.jobs | length')" 2 'billed queries'

t 'no row in the tables: a normal outcome'
cloud "$vertex"
google tables '{"table": "gh.day.20260901", "rows": [], "replace": true}'
run train-model
want 0 verb=measure
run train-model
want 2 'there is no issue in the data'

t 'a job that fails by bad luck is asked under another name, in a while'
cloud "$vertex"
google bigquery '{"fail": {"reason": "backendError", "message": "oops"}}'
run train-model
want 1 oops
elapse 300
run train-model
want 0 end=settled 'row="14 ' 'oops' 'asked again at 2026-09-05T00:40:00Z'
elapse 300
run train-model
want 0 verb=measure
run train-model
want 0 verb=choose

t 'a quota that is used up is waited for, longer and longer'
cloud "$vertex"
n=0
while [ $n -lt 6 ]; do
	google bigquery '{"fail": {"reason": "quotaExceeded", "message": "Custom quota exceeded"}}'
	n=$((n + 1))
done
run train-model
want 1 'Custom quota exceeded (quotaExceeded)'
n=0
# after 10, 20, 40, 80 and 160 minutes, and after 320 the next one is good
while [ $n -lt 62 ]; do
	n=$((n + 1))
	elapse 600
	run train-model
	[ "$RC" -lt 2 ] || wrong "run $n"
done
is "$(google_state '.jobs | length')" 6 questions
elapse 600
does measure
does choose
is "$(google_state '.jobs | length')" 7 questions

t 'a quota that stays used up is told to a person in the end'
cloud "$vertex"
n=0
while [ $n -lt 10 ]; do
	google bigquery '{"fail": {"reason": "quotaExceeded", "message": "Custom quota exceeded"}}'
	n=$((n + 1))
done
n=0
while [ $n -lt 10 ]; do
	n=$((n + 1))
	run train-model
	want 1 'Custom quota exceeded'
	elapse 21600
done
run train-model
want 3 'Custom quota exceeded'
is "$(google_state '.jobs | length')" 10 questions

t 'an answer that was not fetched in its day is asked for again'
cloud "$vertex"
google bigquery '{"seconds": 60}'
world_fault '{"match": {"method": "POST", "path": "/jobs$", "nth": 2}, "kind": "cut-after"}'
run train-model
want 1 verb=measure
world_fault off
is "$(google_state '.jobs | length')" 1 questions
elapse 90000
run train-model
want 0 verb=close 'was done'
google bigquery '{"seconds": 0}'
run train-model
want 0 verb=measure
is "$(google_state '.jobs | map(.id | sub(".*measure-[0-9a-f]*"; ""))')" '["","-1"]' names
run train-model
want 0 verb=choose

t 'what a query read counts for a day, and the second is held'
read=$(google_state '.jobs[] | select(.export | not).bytes' | tail -n 1)
# more FROM: rows come into the tables.
more()
{
	events 5 "$1" 5 >"$TMP/more"
	table 20260905 "$TMP/more"
}
# limited BYTES: that may be read in a day; nothing can be trained.
limited()
{
	cloud "$vertex"
	sed -i "s|bigquery: {|bigquery: {maximumBytesPerDay: $1, |; s|^    labels: .*|    labels: {allow: [\"none/*\"]}|" \
	    "$W/model.yaml"
}
limited $((read * 5 / 2))
does measure
elapse 3600
more 300
does measure
elapse 3600
more 310
run train-model
want 2 end=held 'in the last day, more than maximumBytesPerDay'
is "$(google_state '.jobs | length')" 2 queries
elapse 79200
does measure

t 'a query whose answer was lost counts, and the next is held'
for kind in cut-after html; do
	limited $((read * 3 / 2))
	world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"/jobs\$\", \"nth\": 2}, \"kind\": \"$kind\", \"effect\": true}"
	run train-model
	want 1 verb=measure
	world_fault off
	elapse 60
	does close
	elapse 3600
	more 300
	run train-model
	want 2 end=held 'in the last day, more than maximumBytesPerDay'
	is "$(google_state '.jobs | length')" 1 "queries after $kind"
done

t 'an export whose answer was lost counts like any other'
cloud "$vertex"
sed -i "s|bigquery: {|bigquery: {maximumBytesPerDay: $((read * 5 / 2)), |; s|maximumAge: 24h|maximumAge: 1h|" "$W/model.yaml"
google images "{\"image\": \"fit\", \"command\": [\"$BIN/fit-labels\"]}"
does measure
does choose
world_fault '{"match": {"method": "POST", "path": "/jobs$", "nth": 2}, "kind": "cut-after"}'
run train-model
want 1 verb=export
world_fault off
elapse 60
does close
does train
elapse 600
does upload
does register
elapse 7200
more 300
run train-model
want 2 end=held 'in the last day, more than maximumBytesPerDay'

t 'a query that was refused read nothing'
limited $((read * 3 / 2))
world_fault '{"match": {"method": "POST", "path": "/jobs$", "nth": 2}, "kind": "status", "status": 403, "body": {"error": {"code": 403, "message": "Quota exceeded: too many", "errors": [{"reason": "quotaExceeded", "message": "q"}]}}, "headers": {"Content-Type": "application/json"}}'
run train-model
want 1 verb=measure 'Quota exceeded'
world_fault off
more 300
does measure

t 'what machine hours cost is in the plan'
cloud "$(echo "$vertex" | sed 's|settle: 10m|pricePerHour: 2.5, deadline: 3h|')"
does measure
does choose
does export
run train-model -n
want 2
shows 'at 2.50 an hour, at most 7.50'
cloud "$vertex"
does measure
does choose
does export
run train-model -n
! grep -q 'an hour' "$TMP/out" || wrong 'a price that nobody named'
finish_all
