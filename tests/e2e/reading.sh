#!/bin/sh
# What is installed, and what only reads.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

t 'make install: programs and man pages below DESTDIR'
top=$(cd "$(dirname "$0")/../.." && pwd)
if ! make -s -C "$top" install DESTDIR="$TMP/root" PREFIX=/usr \
    >"$TMP/out" 2>"$TMP/err"; then
	RC=1
	wrong 'make install'
fi
for tool in "$top"/cmd/*; do
	tool=${tool##*/}
	[ -x "$TMP/root/usr/bin/$tool" ] || wrong "no $tool"
	[ -s "$TMP/root/usr/share/man/man8/$tool.8" ] || wrong "no $tool.8"
	"$TMP/root/usr/bin/$tool" --version >"$TMP/out" 2>"$TMP/err" ||
	    wrong "$tool --version"
	is "$(cut -d' ' -f1 "$TMP/out")" "$tool" version
done

t 'an installed train-model finds the fit-labels beside it'
world
if ! "$TMP/root/usr/bin/train-model" -f "$W/model.yaml" --now "$NOW" -C \
    >"$TMP/out" 2>"$TMP/err"; then
	RC=1
	wrong 'train-model'
fi
is "$(count models)" 1 models

t 'modelsync validate: a summary, or every problem with its place'
"$BIN/modelsync" validate -f "$W/model.yaml" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0
shows 'model.yaml: valid' 'local/issues'
sed -i 's/minimumCount: 20/minimumCount: many/; s/^  freshness/  fresness/' \
    "$W/model.yaml"
"$BIN/modelsync" validate -f "$W/model.yaml" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 3 'model.yaml:7:' 'model.yaml:10:' 'freshness'

t 'modelsync schema: JSON, with every key described'
"$BIN/modelsync" schema >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0
is "$(jq -r '.properties.kind.const // .properties.kind.enum[0]' \
    "$TMP/out")" Model kind
is "$(jq '[.. | objects | select(.type? == "object") |
    select(.additionalProperties != false)] | length' "$TMP/out")" 0 \
    'objects open to other keys'

t 'modelsync status: how a model stands, and nothing is changed'
world
run train-model -C
run deploy-model
snapshot >"$TMP/before"
"$BIN/modelsync" status -f "$W/model.yaml" -t "$NOW" >"$TMP/out" 2>"$TMP/err"
RC=$?
snapshot >"$TMP/after"
want 0
cmp -s "$TMP/before" "$TMP/after" || wrong 'the world changed'
gen=$(ls "$W/models/models")
shows "auto-update at $(tip auto-update | cut -c1-7) names $gen" \
    '7 young enough' '18 waiting for review' 'nothing to do' 'free' \
    "done at $NOW: train models/$gen"
"$BIN/modelsync" status -f "$W/model.yaml" -t "$NOW" -o json \
    >"$TMP/out" 2>"$TMP/err"
is "$(jq -r '[.tools[] | .tool, .plan.row, .log.outcomes[-1].verb] |
    join(" ")' "$TMP/out")" \
    'train-model 7 young enough train deploy-model 18 waiting for review push' \
    'status in JSON'
sed -i 's/^spec:/spec:\n  hold: [{model: "*", reason: incident 7}]/' \
    "$W/model.yaml"
"$BIN/modelsync" status -f "$W/model.yaml" -t "$NOW" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0
shows 'held' 'incident 7'
echo nonsense >"$W/leases/deploy-model-issues.json"
"$BIN/modelsync" status -f "$W/model.yaml" -t "$NOW" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 3 'leases/deploy-model-issues.json'

finish_all
