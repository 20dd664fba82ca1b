#!/bin/sh
# Runs under a Lease object of Kubernetes, in a simulated cluster.
# shellcheck disable=SC2119
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"

# end_at METHOD: train-model told to end while its exchange is held
end_at()
{
	world_fault "{\"match\": {\"method\": \"$1\"}, \"kind\": \"hold\", \"times\": 1}"
	"$BIN/train-model" -f "$W/model.yaml" 2>"$TMP/err" &
	pid=$!
	world_held 1 >"$TMP/held"
	kill -TERM $pid
	world_release
	wait $pid
	RC=$?
	want 1 'told to end'
}

t 'the whole loop, exchange by exchange'
cluster
tick train-model
want 0 verb=build model=ml/issues
tick train-model
want 0 verb=train
world_ctl DELETE /record >/dev/null
tick train-model
want 0 end=settled
is "$(world_record .method | tr -d '\n')" '"GET"' 'exchanges of a settled run'
tick deploy-model
want 0 verb=push
tick deploy-model
want 0 'row="18 waiting'
is "$(world_record .method | tr -d '\n')" '"GET""GET""PUT""PUT""GET"' \
    'exchanges up to a proposal and its waiting'
is "$(world_record '.run' | sort -u | wc -l)" 3 'runs told apart'
merge
tick deploy-model
want 0 end=settled
is "$(lease_of train-model '[.spec.holderIdentity, .spec.leaseTransitions]')" \
    '["",2]' 'the Lease of train-model'
is "$(log_of deploy-model '[.intent, .outcomes[0].verb, .outcomes[0].result]')" \
    '[null,"push","done"]' 'the log of deploy-model'

t 'a dry run reads the Lease and writes nothing'
cluster
world_ctl DELETE /record >/dev/null
tick train-model -n
want 2
shows 'build datasets/'
is "$(world_record .method | tr -d '\n')" '"GET"' exchanges
tick train-model -n --now 2026-12-24T00:00:00Z
want 2
tick train-model --now 2026-12-24T00:00:00Z
want 3 'for dry runs'

t 'status looks, under a Lease object as well, and writes nothing'
cluster
tick train-model
world_ctl DELETE /record >/dev/null
"$BIN/modelsync" status -f "$W/model.yaml" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0
shows 'train-model' '3 open generation'
is "$(world_record .mutating | sort -u)" false 'writes'

t 'what others put on the Lease stays there'
cluster
lease train-model-issues | jq '.metadata.labels = {team: "ml"} |
    .spec = {strategy: "OldestEmulationVersion"}' >"$TMP/object"
world_put "$TMP/object"
tick train-model
want 0 verb=build
is "$(lease_of train-model '[.metadata.labels.team, .spec.strategy]')" \
    '["ml","OldestEmulationVersion"]' 'what was there'

t 'held: busy until it lapses, and no longer'
cluster
world_fault '{"match": {"method": "PUT", "nth": 2}, "kind": "cut-before"}'
tick train-model --deadline 5s
want 1 'end=failed'
is "$(count datasets)" 1 'datasets'
tick train-model --deadline 5s
want 0 end=busy
advance 25			# 5 s, 15 more, and 5 of grace
tick train-model --deadline 5s
want 0 end=busy
advance 1
tick train-model --deadline 5s
want 0 'row="2 open intent"' verb=close 'was done'
tick train-model --deadline 5s
want 0 verb=train

t 'what was begun is ruled out when its time is over, and not before'
cluster
tick train-model
now=$(world_clock)
lease train-model-issues | jq --arg log "{\"version\":1,\"intent\":{\"verb\":\"train\",\"target\":\"models/x\",\"generation\":\"issues-000000000000\",\"document\":\"\",\"at\":\"$now\",\"duration\":80},\"outcomes\":[],\"failures\":0,\"memo\":{}}" \
    '.metadata.annotations = {"modelsync.dev/log": $log}' >"$TMP/object"
world_put "$TMP/object"
advance 85
tick train-model
want 0 'cannot tell yet'
advance 1
tick train-model
want 0 verb=close 'left nothing'

t 'a Lease that says more than the longest step lapses after that'
cluster
now=$(world_clock)
lease train-model-issues | jq --arg now "$now" '.spec =
    {holderIdentity: "x", leaseDurationSeconds: 1000000, acquireTime: $now,
     renewTime: $now}' >"$TMP/object"
world_put "$TMP/object"
advance 85			# 5 s, 60 of the trainer, 15 and 5 more
tick train-model --deadline 5s
want 0 end=busy 'held by x'
advance 1
tick train-model --deadline 5s
want 0 verb=build

t 'held for longer than any step takes, by whoever renews: somebody is told'
cluster
lease train-model-issues | jq --arg now "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)" \
    '.spec = {holderIdentity: "somebody", leaseDurationSeconds: 15,
     acquireTime: "2026-01-01T00:00:00.000000Z", renewTime: $now}' \
    >"$TMP/object"
world_put "$TMP/object"
tick train-model
want 1 end=busy 'which is over'

t 'two that both looked before either acted: one action'
cluster
world_fault '{"match": {"method": "PUT"}, "kind": "hold", "times": 2}'
"$BIN/train-model" -f "$W/model.yaml" 2>"$TMP/err.1" &
first=$!
"$BIN/train-model" -f "$W/model.yaml" 2>"$TMP/err.2" &
second=$!
world_held 2 >"$TMP/held"
is "$(wc -l <"$TMP/held")" 2 'both at the door'
world_release
wait "$first" "$second"
cat "$TMP"/err.1 "$TMP"/err.2 >"$TMP/err"
RC=0
is "$(grep -c 'end=done' "$TMP/err")" 1 'actions'
is "$(grep -c 'end=busy.*began to look' "$TMP/err")" 1 'the other'

t 'nonsense in the Lease is never overwritten'
for log in '{}' 'x' '{"version":2}'; do
	cluster
	lease train-model-issues | jq --arg log "$log" \
	    '.metadata.annotations = {"modelsync.dev/log": $log}' \
	    >"$TMP/object"
	world_put "$TMP/object"
	lease_of train-model >"$TMP/before"
	tick train-model
	want 3 'Lease ml/train-model-issues'
	lease_of train-model | cmp -s "$TMP/before" - || wrong 'it was changed'
done

t 'no Lease: its memory is gone; it may be made, and then is waited for'
cluster
world_ctl DELETE \
    /apis/coordination.k8s.io/v1/namespaces/ml/leases/train-model-issues \
    >/dev/null
tick train-model
want 3 'memory is gone' 'not found'
is "$(count datasets)" 0 datasets
sed -i 's/{namespace: ml,/{namespace: ml, create: true,/' "$W/model.yaml"
tick train-model -n --deadline 5s
want 0 'a run makes it'
tick train-model --deadline 5s
want 0 'was made'
tick train-model --deadline 5s
want 0 end=busy 'made anew'
is "$(count datasets)" 0 datasets
advance 86
tick train-model --deadline 5s
want 0 verb=build

t 'a namespace that is not there'
cluster
sed -i 's/{namespace: ml,/{namespace: other,/' "$W/model.yaml"
tick train-model
want 3 'other' 'spec.lease.kubernetes.namespace'

t 'no token, a token nobody knows, and rights that are missing'
cluster
cp "$WORLD_TOKEN" "$TMP/good"
sed -i "s,tokenFile: [^,]*,tokenFile: token," "$W/model.yaml"
tick train-model
want 3 "$W/token" 'no such file'
printf 'two words\n' >"$W/token"
tick train-model
want 3 'one word'
echo unknown >"$W/token"
tick train-model
want 3 'Unauthorized' 'is the token valid'
world_ctl POST /users '{"token":"poor","user":"system:serviceaccount:ml:poor","rules":[]}' >/dev/null
echo poor >"$W/token"
tick train-model
want 3 'cannot get resource \"leases\"' 'in its Role'
world_ctl POST /users '{"token":"reader","user":"system:serviceaccount:ml:reader","rules":[{"verbs":["get"],"apiGroups":["coordination.k8s.io"],"resources":["leases"],"resourceNames":["train-model-issues"]}]}' >/dev/null
echo reader >"$W/token"
tick train-model -n
want 2
tick train-model
want 3 'cannot update resource \"leases\"'
is "$(count datasets)" 0 datasets

t 'a token that was renewed is read anew'
cp "$TMP/good" "$W/token"
tick train-model -v
want 0 verb=build method=PUT
grep -qF "$(cat "$TMP/good")" "$TMP/err" && wrong 'a token was told'

t 'a wrong CA, and none'
cluster
sed -i "s,caFile: [^}]*},caFile: ${WORLD_CA%/*}/other-ca.crt}," "$W/model.yaml"
tick train-model
want 3 'is it the right CA file'
sed -i "s/, caFile: [^}]*}/}/" "$W/model.yaml"
tick train-model
want 3 'certificate'

t 'a proxy is used, and left out where NO_PROXY says so'
cluster
export HTTPS_PROXY=http://127.0.0.1:9
tick train-model --deadline 3s
want 1 'connect to 127.0.0.1 port 9'
export NO_PROXY=127.0.0.1
tick train-model
want 0 verb=build
unset HTTPS_PROXY NO_PROXY

t 'told to end: over within 20 s, however slow the answers are'
cluster
world_fault '{"kind": "slow", "ms": 9000, "times": 0}'
"$BIN/train-model" -f "$W/model.yaml" 2>"$TMP/err" &
pid=$!
sleep 1
began=$(date +%s)
kill -TERM $pid
wait $pid
RC=$?
[ "$RC" -eq 1 ] || wrong "exit $RC"
[ $(($(date +%s) - began)) -le 21 ] || wrong 'it took longer'

t 'a clock that is wrong, or not told'
cluster
world_clock '{"advance": 400}' >/dev/null
tick train-model
want 1 'on this node'
cluster
world_fault '{"kind": "no-date", "times": 0}'
tick train-model
want 1 'no Date'
cluster
world_fault '{"kind": "bad-date", "times": 0}'
tick train-model
want 1 'no Date'

t 'answers of no use: a sentence, bounded, nothing changed'
for fault in '"kind": "html"' '"kind": "garbage"' '"kind": "truncated", "count": 9' \
    '"kind": "endless", "length": 4294967296' '"kind": "headers", "count": 100000' \
    '"kind": "deep"' '"kind": "duplicate-keys"' '"kind": "status", "status": 500' \
    '"kind": "status", "status": 503, "headers": {"Retry-After": "3600"}' \
    '"kind": "status", "status": 302, "headers": {"Location": "https://example.com/"}'; do
	cluster
	lease_of train-model >"$TMP/before"
	world_fault "{$fault, \"times\": 0}"
	/usr/bin/env time -f %M -o "$TMP/rss" "$BIN/train-model" \
	    -f "$W/model.yaml" --deadline 4s >"$TMP/out" 2>"$TMP/err"
	RC=$?
	want 1 'end=failed' 'why='
	[ "$(tail -n 1 "$TMP/rss")" -le 65536 ] ||
	    wrong "$fault: $(cat "$TMP/rss") KiB"
	is "$(count datasets)" 0 "$fault: datasets"
	lease_of train-model | cmp -s "$TMP/before" - || wrong 'it was changed'
done

t 'a read is tried again, as the server asks'
cluster
world_fault '[{"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 1},
    {"kind": "cut-before", "times": 1}]'
tick train-model
want 0 verb=build

t 'told to end at the door: the outcome is written, nothing was done'
cluster
end_at PUT
is "$(count datasets)" 0 datasets
is "$(log_of train-model '[.intent, .outcomes[0].result]')" '[null,"lost"]' \
    'the outcome'
is "$(lease_of train-model .spec.holderIdentity)" '""' 'the holder'
tick train-model
want 0 verb=build

t 'told to end while it looks: not even a missing Lease is made'
cluster
sed -i 's/{namespace: ml,/{namespace: ml, create: true,/' "$W/model.yaml"
world_ctl DELETE \
    /apis/coordination.k8s.io/v1/namespaces/ml/leases/train-model-issues \
    >/dev/null
world_ctl DELETE /record >/dev/null
end_at GET
is "$(world_record .method | tr -d '\n')" '"GET"' exchanges
tick train-model
want 0 'was made'

t 'a trainer that cannot be ended in time leaves its intent open'
cluster
# shellcheck disable=SC2016
printf '#!/bin/sh\necho $$ >"$MODELSYNC_DATASET/../../../pid"\nsleep 60\n' \
    >"$W/hang"
chmod +x "$W/hang"
sed -i 's,\[fit-labels\],[./hang],' "$W/model.yaml"
tick train-model
"$BIN/train-model" -f "$W/model.yaml" 2>"$TMP/err" &
pid=$!
while [ ! -s "$W/pid" ]; do sleep 0.05; done
keeper=$(pgrep -P $pid)
kill -STOP "$keeper"
kill -TERM $pid
wait $pid
RC=$?
want 1 'its end is awaited'
is "$(log_of train-model .intent.verb)" '"train"' 'the intent'
kill -CONT "$keeper"
tick train-model
want 0 'cannot tell yet'

t 'by a kubeconfig, whose CA stands in it'
cluster
sed -i 's/kubernetes: {.*/kubernetes: {namespace: ml, kubeconfig: config}/' \
    "$W/model.yaml"
cat >"$W/config" <<X
apiVersion: v1
kind: Config
current-context: here
contexts:
- {name: here, context: {cluster: this, user: me}}
clusters:
- name: this
  cluster:
    server: $WORLD_URL
    certificate-authority-data: $(base64 -w 0 <"$WORLD_CA")
users:
- {name: me, user: {token: $(cat "$WORLD_TOKEN")}}
X
tick train-model
want 0 verb=build
sed -i 's/user: {token: [^}]*}/user: {client-certificate: a}/' "$W/config"
tick train-model
want 3 'user me has no token' tokenFile
sed -i 's/kubernetes: {.*/kubernetes: {}/' "$W/model.yaml"
tick train-model
want 3 'this is no pod'

finish_all
