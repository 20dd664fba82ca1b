#!/bin/sh
# The same events through files and through the SQL are the same dataset.
# The SQL is evaluated on SQLite, as tests/world/google/sql.py says.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/cloud.sh
. "$(dirname "$0")/../cloud.sh"

# event ID TYPE REPO AT ISSUE: a line of GH Archive.
event()
{
	printf '{"id":"%s","type":"%s","repo":{"name":"%s"},"payload":{"action":"x","issue":%s},"created_at":"%s"}\n' \
	    "$1" "$2" "$3" "$5" "$4"
}

# issue NUMBER UPDATED LABELS TITLE BODY [MORE]: JSON of an issue.
issue()
{
	printf '{"number":%d,"created_at":"2026-09-01T0%d:00:00Z","updated_at":"%s","labels":[%s],"title":%s,"body":%s%s}' \
	    "$1" "$(($1 % 10))" "$2" "$3" "$4" "$5" "${6:-}"
}

NAMES=$(dirname "$0")/../unit/labelname/names	# of labels, and AutoML's
bug='{"name":"kind/bug"}'
ui='{"name":"area/ui"}'
odd='{"name":"a_b/c d"}'

oddities()
{
	at=2026-09-02T00:00:00Z
	event 1 IssuesEvent acme/app $at "$(issue 1 $at "$bug" '"one"' '"first"')"
	# the newest payload wins, whatever the order
	event 3 IssuesEvent acme/app 2026-09-02T02:00:00Z "$(issue 2 2026-09-02T02:00:00Z "$bug,$ui" '"two, again"' '"a\r\nb <c> & \"d\""')"
	event 2 IssuesEvent acme/app 2026-09-02T01:00:00Z "$(issue 2 2026-09-02T01:00:00Z "$ui" '"two"' '"old"')"
	# equal times: by the event's number, 10 after 9
	event 10 IssueCommentEvent acme/app $at "$(issue 3 $at "$odd" '"ten"' 'null')"
	event 9 IssueCommentEvent acme/app $at "$(issue 3 $at "$bug" '"nine"' '"x"')"
	# a repository in another case is the same one
	event 11 IssuesEvent Acme/App 2026-09-02T03:00:00Z "$(issue 1 2026-09-02T03:00:00Z "$ui,$ui" '"Ünï \\ud83d\\ude00"' '"grown\ttab"')"
	# pull requests: none of them; of 2013: all null is an issue
	event 12 IssueCommentEvent acme/app $at "$(issue 4 $at "$bug" '"pull"' '"p"' ',"pull_request":{"url":"u","html_url":"h"}')"
	event 13 IssueCommentEvent acme/app $at "$(issue 5 $at "$bug" '"true issue"' '"q"' ',"pull_request":{"url":null,"html_url":null,"diff_url":null,"patch_url":null}')"
	event 14 IssueCommentEvent acme/app $at "$(issue 6 $at "$bug" '"null pull"' '"q"' ',"pull_request":null')"
	# others
	event 15 PushEvent acme/app $at '{"number":7}'
	event 16 IssuesEvent other/app $at "$(issue 8 $at "$bug" '"theirs"' '"r"')"
	event 17 IssuesEvent acme-two/app $at "$(issue 9 $at "$bug" '"theirs too"' '"r"')"
	# no label that counts, or none at all
	event 18 IssuesEvent acme/app $at "$(issue 10 $at '{"name":"rare"}' '"rare"' '"r"')"
	event 19 IssuesEvent acme/app $at "$(issue 11 $at '' '"none"' '"r"')"
	# times with a fraction and a zone
	event 20 IssuesEvent acme/app $at "$(issue 12 2026-09-02T01:30:00+01:00 "$bug" '"zone"' '"z"')"
	# names of labels with all sorts of characters
	event 21 IssuesEvent acme/app $at "$(issue 13 $at "$(jq -R 'split("\t") | {name: .[0]}' "$NAMES" | jq -sc . | sed 's/^.//; s/.$//')" '"names"' '"n"')"
}

# wanted LABELS UNLABELLED AGE: what the document asks for.
wanted()
{
	sed -i "s|labels: .*|labels: $1\\n    unlabelled: $2\\n    maximumAge: $3|" \
	    "$W/model.yaml"
}

# by_files LABELS UNLABELLED AGE: the dataset of the oddities, $TMP/files.
by_files()
{
	world
	oddities >"$W/events/1.json"
	wanted "$@"
	NOW=2026-09-05T00:30:00Z
	run train-model
	want 0 verb=build
	cat "$W"/models/datasets/*/data.jsonl >"$TMP/files"
	[ -s "$TMP/files" ] || wrong 'there is no example'
}

# by_sql TRAINING LABELS UNLABELLED AGE: the oddities are in the tables.
by_sql()
{
	cloud "$1"
	shift
	wanted "$@"
	google bigquery '{"part": 2}'
	printf '{"table":"gh.day.20260901","replace":true,"rows":[]}' >"$TMP/none"
	google tables "@$TMP/none"
	oddities >"$W/events/1.json"
	table 20260902 "$W/events/1.json"
}

# exported [COMMAND]: all that BigQuery wrote, $TMP/parts; COMMAND comes when
# the generation is chosen.
exported()
{
	does measure
	does choose
	eval "${1:-:}"
	does export
	for part in $(google_state '.objects | keys | map(select(contains("/data-"))) | sort | .[]' | tr -d '"'); do
		object=$(printf %s "${part#bucket/}" | jq -sRr @uri)
		curl -sS --noproxy '*' "$WORLD_CTL/storage/v1/b/bucket/o/$object?alt=media"
	done >"$TMP/parts"
}

# the_same WHAT: $TMP/files and $TMP/parts, line by line as JSON.
the_same()
{
	jq -cS . "$TMP/files" >"$TMP/files.json"
	jq -cS . "$TMP/parts" >"$TMP/parts.json"
	[ -s "$TMP/parts.json" ] || wrong "$1: nothing was exported"
	cmp -s "$TMP/files.json" "$TMP/parts.json" || {
		wrong "$1: they differ"
		diff "$TMP/files.json" "$TMP/parts.json" | head -n 6
	}
}

vertex='vertex: {project: p, store: "gs://bucket/m", image: fit}'
automl='automl: {project: p, store: "gs://bucket/m", displayName: issues}'

# same LABELS UNLABELLED AGE: both ways, as JSON lines.
same()
{
	by_files "$@"
	by_sql "$vertex" "$@"
	exported
	the_same 'files and SQL'
}

# same_rows LABELS AGE: both ways, as CSV.
same_rows()
{
	by_files "$1" exclude "$2"
	by_sql "$automl" "$1" exclude "$2"
	exported
	rows_of_files <"$TMP/files" >"$TMP/files.rows"
	rows_of_csv <"$TMP/parts" >"$TMP/parts.rows"
	[ -s "$TMP/parts.rows" ] || wrong 'no row was exported'
	cmp -s "$TMP/files.rows" "$TMP/parts.rows" || {
		wrong 'files and SQL differ'
		diff "$TMP/files.rows" "$TMP/parts.rows" | head -n 6
	}
}

# rows_of_files, rows_of_csv: [use, text, label] of each row that AutoML is to
# get of a dataset, and of each that it gets.
rows_of_files()
{
	python3 -c '
import json, sys
names = dict(line.rstrip("\n").split("\t") for line in open(sys.argv[1]))
names |= {"rare": "rare", "a_b/c d": "a_5Fb_2Fc d", "area/ui": "area_2Fui"}
lines = sys.stdin.read().splitlines()
for i, example in enumerate(map(json.loads, lines)):
    part = i / len(lines)
    use = "TRAIN" if part < .7 else "VALIDATE" if part < .8 else "TEST"
    text = example["title"] + "\n" + example["body"]
    for label in sorted(names[name] for name in example["labels"]):
        print(json.dumps([use, text, label]))
' "$NAMES"
}

rows_of_csv()
{
	python3 -c '
import csv, io, json, sys
text = io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline="")
for row in csv.reader(text):
    print(json.dumps(row))
'
}

t 'every label, none left out'
same '{allow: ["*"], minimumCount: 1}' exclude null
grep -q 'u003c' "$TMP/parts" || wrong 'nothing was escaped as BigQuery does'
t 'patterns, a least count, and issues left without a label'
same '{allow: ["kind/?ug", "area/[!x]*", "a_b*"], minimumCount: 2}' negative null
t 'an issue that is too old'
same '{allow: ["*"], minimumCount: 1}' negative 24h

t 'CSV: every label, whatever its name has'
same_rows '{allow: ["*"], minimumCount: 1}' null
grep -qx '\["TRAIN", "two, again\\na\\r\\nb <c> & \\"d\\"", "kind_2Fbug"\]' "$TMP/parts.rows" ||
	wrong 'no text with a line break'
grep -q '"C_2B_2B"' "$TMP/parts.rows" || wrong 'no C++'
t 'CSV: patterns, a least count, an issue that is too old'
same_rows '{allow: ["kind/?ug", "area/[!x]*", "a_b*"], minimumCount: 2}' 24h

# own SOURCE: the data is a table of the user's own, filled with the issues of
# the oddities in the form of a dataset, each as it stood at every event.
own()
{
	by_sql "$vertex" '{allow: ["*"], minimumCount: 1}' exclude null
	jq -c -s '[.[] | select(.type | startswith("Issue")) |
	    select(.repo.name | ascii_downcase | startswith("acme/")) |
	    .payload.issue as $i | select([$i.pull_request.html_url] | all(. == null)) |
	    {id: (.repo.name + "#" + ($i.number | tostring)),
	    created: $i.created_at, event: .created_at, title: $i.title,
	    repo: .repo.name, body: $i.body, labels: [$i.labels[].name]}]' \
	    "$W/events/1.json" >"$TMP/own"
	printf '{"table":"mine.set.issues","rows":%s}' "$(cat "$TMP/own")" >"$TMP/table"
	google tables "@$TMP/table"
	google tables '{"table": "gh.day.20260902", "rows": [], "replace": true}'
	sed -i "s|archive: {tables.*|$1}|" "$W/model.yaml"
}

# What is in it: of equal times the greater body counts, not the newer number.
by_files '{allow: ["*"], minimumCount: 1}' exclude null
jq -c 'if .id == "acme/app#3" then .title = "nine" | .body = "x" |
    .labels = ["kind/bug"] else . end' "$TMP/files" >"$TMP/files.own"
t 'a table of one'"'"'s own with the columns of a dataset'
own 'table: mine.set.issues'
printf '{"table":"mine.set.issues","rows":[{"id":"acme/app#99","created":"2026-09-02T04:00:00Z","event":"2026-09-04T00:00:00Z","title":"later","repo":"acme/app","body":"l","labels":["kind/bug"]}]}' >"$TMP/later"
exported "google tables @$TMP/later"	# behind the watermark
mv "$TMP/files.own" "$TMP/files"
the_same 'files and a table of one'"'"'s own'

t 'a query of one'"'"'s own, and the table that it depends on'
# shellcheck disable=SC2016
own 'query: "SELECT id, created, event, title, repo, body, labels FROM `mine.set.issues`", watch: mine.set.issues'
exported
the_same 'files and a query of one'"'"'s own'
is "$(google_state '[.jobs[] | .error] | unique')" '[null]' errors

t 'a table of one'"'"'s own is asked about when it changed, and then only'
own 'table: mine.set.issues'
sed -i 's|^    labels: .*|    labels: {allow: ["none/*"]}|' "$W/model.yaml"
does measure
elapse 172800
run train-model
want 2 'row="6 nothing trainable"'
google tables "@$TMP/later"
elapse 7200
does measure
run train-model
want 2 'row="6 nothing trainable"'
is "$(google_state '.jobs | length')" 2 'billed queries'

t 'AutoML takes every label, whatever its name has'
by_sql "$automl" '{allow: ["*"], minimumCount: 1}' exclude null
exported
does dataset
does import
elapse 60
does train
is "$(google_state '.datasets[0].exampleCount')" \
    "$(rows_of_csv <"$TMP/parts" | jq -s '[.[][1]] | unique | length')" examples
is "$(google_state '[.operations[].metadata.partialFailures // [] | length] | add')" \
    0 'rows that were refused'

finish_all
