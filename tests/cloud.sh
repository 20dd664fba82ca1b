# Sourced behind lib.sh and world.sh by tests of runs whose data, trainer and
# models are in a simulated Google.  The Lease is a file, so that time is ours.
# shellcheck shell=sh disable=SC2034,SC2153,SC2154

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

# at TIME: that is the time here and there.
at()
{
	NOW=$1
	world_clock "{\"now\": \"$1\"}" >/dev/null
}

# elapse SECONDS: so much time passes.
elapse()
{
	NOW=$(date -u -d "@$(($(date -u -d "$NOW" +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ)
	at "$NOW"
}

# cloud TRAINING [SERVING]: a fresh world whose document asks for what
# TRAINING says below spec.training; 96 issues are in the tables.
cloud()
{
	world
	if [ -z "$WORLD_PID" ]; then
		world_start || exit 1
	fi
	world_fault off
	world_ctl POST /reset >/dev/null
	at 2026-09-05T00:30:00Z
	port=${WORLD_URL##*:}
	export GCE_METADATA_HOST="127.0.0.1:$port"
	sed -i '/^    archive:/d; /^    exec:/d' "$W/model.yaml"
	sed -i "s|^  data:|  data:\n    bigquery: {project: p, archive: {tables: \"gh.day.*\", organisation: acme}}|; \
	    s|^  training:|  training:\n    $1|" "$W/model.yaml"
	cat >>"$W/model.yaml" <<-X
	  ${2:+serving: $2}
	  google:
	    endpoints: {bigquery: "http://bigquery.localhost:$port", storage: "http://storage.localhost:$port", automl: "http://automl.localhost:$port", vertex: "http://aiplatform.localhost:$port"}
	X
	google buckets '{"name": "bucket"}'
	table 20260901 "$W/events/1.json"
	table 20260905 /dev/null
	world_ctl DELETE /record >/dev/null
}

# does VERB: the next run does this.
does()
{
	run train-model
	want 0 end=done "verb=$1"
	elapse 60
}

# arriving SECONDS VERB...: the same, and events come after each; a training
# takes so long.
arriving()
{
	takes=$1
	shift
	n=300
	for verb; do
		does "$verb"
		[ "$verb" != train ] || elapse "$takes"
		n=$((n + 30))
		events 30 $n 5 >"$TMP/more"
		table 20260905 "$TMP/more"
	done
}

# exchanges: how many each run made since the record was deleted, in order:
# those of train-model, and behind a slash those of deploy-model.
exchanges()
{
	world_record '[.run, .n]' | jq -rs '
	    reduce .[] as [$run, $n] ([]; if length > 0 and .[-1][0] == $run
	        then .[-1][1] += 1 else . + [[$run, 1]] end) |
	    [(map(select(.[0] | startswith("train-model")) | .[1])),
	     (map(select(.[0] | startswith("deploy-model")) | .[1]))] |
	    map(map(tostring) | join(" ")) | join(" / ")'
}
