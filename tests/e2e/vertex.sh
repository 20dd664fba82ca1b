#!/bin/sh
# From an empty project to a proposed model: BigQuery, Cloud Storage and a
# custom job of Vertex AI that really runs fit-labels, all simulated.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

vertex='vertex: {project: p, location: us-central1, store: "gs://bucket/models", image: fit}'

# vertex [SERVING]: a project that can run our trainer.
vertex()
{
	cloud "$vertex" "$@"
	google images "{\"image\": \"fit\", \"command\": [\"$BIN/fit-labels\"]}"
}

t 'from an empty project to a model that is proposed, step by step'
vertex
does measure
does choose
does export
does train
run train-model
want 0 end=settled 'row="3 open generation: running"'
elapse 600
does upload
does register
run train-model
want 0 end=settled 'row="7 '
run deploy-model
want 0 end=done verb=push
is "$(google_state '.trainings | length')" 1 trainings
id=$(google_state '.models[0].name' | tr -d '"')
shown=$(git -C "$W/config.git" show auto-update:deployment/Kptfile |
    grep -c "value: $id")
is "$shown" 1 'the proposal names the model'
merge
run deploy-model
want 0 end=settled
finish_all
