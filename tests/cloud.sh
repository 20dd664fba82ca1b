# Sourced behind lib.sh, world.sh and kube.sh by tests of runs whose data,
# trainer and models are in a simulated Google.
# shellcheck shell=sh disable=SC2034,SC2154

# google CONTROL JSON: a request /google/CONTROL of the world's control port.
google()
{
	world_ctl POST "/google/$1" "$2" >"$WORLD_DIR/said"
	! grep -qi '^[^{\[]*error' "$WORLD_DIR/said" || {
		cat "$WORLD_DIR/said" >&2
		return 1
	}
}

# google_state [FILTER]: what there is in it.
google_state()
{
	world_ctl GET /google/state | jq -c "${1:-.}"
}

# rows FILE...: GH Archive lines as rows of its tables.
rows()
{
	jq -c -s '[.[] | {type, public: true, payload: (.payload | tojson),
	    repo: {id: 1, name: .repo.name}, created_at, id}]' "$@"
}

# table DAY FILE...: the events as the daily table of YYYYMMDD.
table()
{
	day=$1
	shift
	printf '{"table":"gh.day.%s","rows":%s}' "$day" "$(rows "$@")" \
	    >"$TMP/table"
	google tables "@$TMP/table"
}

# cloud TRAINING [SERVING]: a cluster as in kube.sh, whose document asks for
# what TRAINING says below spec.training.
cloud()
{
	world
	if [ -z "$WORLD_PID" ]; then
		world_start || exit 1
	fi
	world_fault off
	world_ctl POST /reset >/dev/null
	world_clock '{"now": "2026-09-05T00:00:00Z"}' >/dev/null
	cat >"$TMP/objects" <<-X
	[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ml"}},
	$(lease train-model-issues), $(lease deploy-model-issues)]
	X
	world_put "$TMP/objects" || exit 1
	port=${WORLD_URL##*:}
	export GCE_METADATA_HOST="127.0.0.1:$port"
	sed -i '/^  lease:/,$d; /^    archive:/d; /^    exec:/d' "$W/model.yaml"
	sed -i "s|^  data:|  data:\n    bigquery: {project: p, archive: {tables: \"gh.day.*\", organisation: acme}}|; \
	    s|^  training:|  training:\n    $1|" "$W/model.yaml"
	cat >>"$W/model.yaml" <<-X
	  ${2:+serving: $2}
	  google:
	    endpoints: {bigquery: "http://bigquery.localhost:$port", storage: "http://storage.localhost:$port", automl: "http://automl.localhost:$port", vertex: "http://aiplatform.localhost:$port"}
	  lease:
	    kubernetes: {namespace: ml, server: "$WORLD_URL", tokenFile: $WORLD_TOKEN}
	X
	google buckets '{"name": "bucket"}'
	table 20260901 "$W/events/1.json"
	table 20260905 /dev/null
	world_ctl DELETE /record >/dev/null
}

# steps TOOL N: at most N runs, an hour of the world apart, until one has
# nothing more to do; prints what each did.
steps()
{
	steps_left=$2
	while [ "$steps_left" -gt 0 ]; do
		steps_left=$((steps_left - 1))
		tick "$1"
		sed -n 's/.*end=\([a-z]*\).*/\1/p; ' "$TMP/err" | tr '\n' ' '
		sed -n 's/.*verb=\([a-z]*\).*/\1/p' "$TMP/err"
		advance 60
	done
}
