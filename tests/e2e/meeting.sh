#!/bin/sh
# Two runs that have both looked before either acts: one acts, whichever is
# first, and Google is asked once for what costs.  All simulated.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

# project TRAINER: what has none of its steps behind it.
project()
{
	if [ "$1" = automl ]; then
		cloud 'automl: {project: p, store: "gs://bucket/models"}'
	else
		cloud 'vertex: {project: p, store: "gs://bucket/models", image: fit}'
		google images "{\"image\": \"fit\", \"command\": [\"$BIN/fit-labels\"]}"
	fi
}

# up_to VERB...: these steps, and the time that an import takes.
up_to()
{
	for verb; do
		does "$verb"
	done
	elapse 60
}

# last_read: the path of the last thing looked at before the step.
last_read()
{
	world_ctl DELETE /record >"$WORLD_DIR/said"
	run train-model -n
	want 2 end=plan
	world_record 'select(.method == "GET") | .path' | tail -n 1 | tr -d '"'
}

# said N: how the Nth run ended.
said()
{
	sed -n 's/.* end=\([a-z]*\).*/\1/p' "$TMP/err.$1"
}

# meet VERB ORDER: two runs are held at the last thing they look at.  Then
# one goes on to its end, and the other: "cat" lets the first one there be
# the first, "tac" the second.
meet()
{
	path=$(last_read)
	world_ctl DELETE /record >"$WORLD_DIR/said"
	world_fault "{\"match\": {\"method\": \"GET\", \"path\": \"$path\$\", \"agent\": \"train-model\"}, \"kind\": \"hold\", \"at\": \"after\", \"times\": 0}"
	for i in 1 2; do
		"$BIN/train-model" -f "$W/model.yaml" --now "$NOW" \
		    2>"$TMP/err.$i" >"$TMP/out" &
		echo $! >"$TMP/pid.$i"
	done
	world_held 2 >"$TMP/held"
	is "$(jq -r .run "$TMP/held" | sort -u | wc -l)" 2 'runs that have looked'
	is "$(world_record 'select(.effect != null)' | wc -l)" 0 \
	    'writes before that'
	world_fault off
	jq -r '[.n, .run] | @tsv' "$TMP/held" | sort -n | "$2" >"$TMP/order"
	while read -r n who; do
		world_release "$n"
		await over "${who#*/}" || wrong "$who does not end"
	done <"$TMP/order"
	codes=
	for i in 1 2; do
		wait "$(cat "$TMP/pid.$i")"
		codes="$codes $?"
	done
	is "$codes" ' 0 0' 'exit statuses'
	is "$(printf '%s\n' "$(said 1)" "$(said 2)" | sort | xargs)" \
	    'busy done' 'ends'
	is "$(grep -h end=done "$TMP/err.1" "$TMP/err.2" |
	    grep -c "verb=$1 ")" 1 "runs that $1"
	first=$(head -n 1 "$TMP/order" | cut -f 2)
	is "$(world_record 'select(.effect != null) | .run' |
	    sort -u)" "\"$first\"" 'who wrote'
}

# once: of a generation one export was made, and one training begun.
once()
{
	is "$(google_state '[([.jobs[] | select(.export)] | length), (.trainings | length)]')" \
	    "$1" 'exports and trainings'
}

for order in cat tac; do
	which=$([ $order = cat ] && echo first || echo second)

	t "AutoML: two have looked before either trains; the $which goes on first"
	project automl
	up_to measure choose export dataset import
	meet train $order
	elapse 3600
	does register
	run train-model
	want 0 end=settled 'row="7 '
	once '[1,1]'

	t "Vertex AI: two have looked before either trains; the $which goes on first"
	project vertex
	up_to measure choose export
	meet train $order
	elapse 600
	does upload
	does register
	run train-model
	want 0 end=settled 'row="7 '
	once '[1,1]'

	t "BigQuery: two have looked before either exports; the $which goes on first"
	project automl
	up_to measure choose
	meet export $order
	elapse 60
	does dataset
	once '[1,0]'
done
finish_all
