#!/bin/sh
# Model documents that the project ships are valid, each by the program.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

t 'the documents of manifests/ are valid'
find "$top/manifests" -name model.yaml >"$TMP/documents"
[ "$(wc -l <"$TMP/documents")" -ge 5 ] || wrong 'documents are missing'
while read -r document; do
	"$BIN/modelsync" validate -f "$document" >"$TMP/out" 2>"$TMP/err"
	RC=$?
	want 0
	shows valid
done <"$TMP/documents"
finish_all
