# Sourced behind lib.sh and world.sh by tests of runs under a Lease object.
# shellcheck shell=sh disable=SC2034,SC2154

# lease NAME: an empty Lease, as manifests/ makes it.
lease()
{
	printf '{"apiVersion":"coordination.k8s.io/v1","kind":"Lease",'
	printf '"metadata":{"name":"%s","namespace":"ml"}}' "$1"
}

# cluster: a fresh folder $W as world makes it, its Leases in a simulated
# cluster that is empty again, whose time stands still at the real one.
cluster()
{
	world
	if [ -z "$WORLD_PID" ]; then
		world_start --tls || exit 1
	fi
	world_fault off
	world_ctl POST /reset >/dev/null
	world_clock "{\"now\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"}" >/dev/null
	world_ctl DELETE /record >/dev/null
	under_lease
}

# under_lease: the document's Leases are objects in the simulated cluster.
under_lease()
{
	cat >"$TMP/objects" <<-X
	[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ml"}},
	$(lease train-model-issues), $(lease deploy-model-issues)]
	X
	world_put "$TMP/objects" || exit 1
	sed -i '/^  lease:/d' "$W/model.yaml"
	cat >>"$W/model.yaml" <<-X
	  lease:
	    kubernetes: {namespace: ml, server: "$WORLD_URL", tokenFile: $WORLD_TOKEN${WORLD_CA:+, caFile: $WORLD_CA}}
	X
}

# tick TOOL ARG...: one run by the cluster's clock.
tick()
{
	tool=$1
	shift
	"$BIN/$tool" -f "$W/model.yaml" "$@" >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

# the Lease of a tool, or what jq makes of it
lease_of()
{
	world_get "/apis/coordination.k8s.io/v1/namespaces/ml/leases/$1-issues" |
	    jq -c "${2:-.}"
}

# its log
log_of()
{
	world_get "/apis/coordination.k8s.io/v1/namespaces/ml/leases/$1-issues" |
	    jq -c ".metadata.annotations[\"modelsync.dev/log\"] | fromjson | ${2:-.}"
}

# advance SECONDS: the cluster's time goes on.
advance()
{
	world_clock "{\"advance\": $1}" >/dev/null
}

# The generation that is open.
generation()
{
	ls "$W/models/datasets"
}

# begun: as far as a training that goes on elsewhere being there
begun()
{
	tick train-model
	want 0 verb=build
	tick train-model
	want 0 verb=train
}

# writes: exchanges that wrote, since the record was deleted
writes()
{
	world_record 'select(.mutating) | .method' | wc -l
}

# unanswered PATH: what trains is made there, and the reply is lost
unanswered()
{
	world_fault "{\"match\": {\"method\": \"POST\", \"path\": \"$1\"}, \"kind\": \"cut-after\", \"times\": 1}"
	tick train-model --deadline 5s
	want 1 end=failed
}

# unseen PATH: and the next two that look for it there do not find it
unseen()
{
	world_fault "$(jq -n --arg path "$1/" --arg name "$(generation)" \
	    '{kind: "status", status: 404, times: 2, match: {method: "GET",
	    path: $path}, body: {kind: "Status", reason: "NotFound", details:
	    {name: $name}}}')"
	tick train-model --deadline 5s
	want 0 'row="2 open intent"' 'left nothing'
}
