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
}

# same WHAT LABELS UNLABELLED AGE: both ways, compared line by line as JSON.
same()
{
	world
	oddities >"$W/events/1.json"
	sed -i "s|labels: .*|labels: $2\\n    unlabelled: $3\\n    maximumAge: $4|" \
	    "$W/model.yaml"
	NOW=2026-09-05T00:30:00Z
	run train-model
	want 0 verb=build
	cat "$W"/models/datasets/*/data.jsonl >"$TMP/files"
	cloud 'vertex: {project: p, store: "gs://bucket/m", image: fit}'
	sed -i "s|labels: .*|labels: $2\\n    unlabelled: $3\\n    maximumAge: $4|" \
	    "$W/model.yaml"
	google bigquery '{"part": 2}'
	printf '{"table":"gh.day.20260901","replace":true,"rows":[]}' >"$TMP/none"
	google tables "@$TMP/none"
	oddities >"$W/events/1.json"
	table 20260902 "$W/events/1.json"
	does measure
	does choose
	does export
	for part in $(google_state '.objects | keys | map(select(contains("/data-"))) | sort | .[]' | tr -d '"'); do
		object=$(printf %s "${part#bucket/}" | jq -sRr @uri)
		curl -sS --noproxy '*' "$WORLD_CTL/storage/v1/b/bucket/o/$object?alt=media"
	done >"$TMP/parts"
	jq -cS . "$TMP/files" >"$TMP/files.json"
	jq -cS . "$TMP/parts" >"$TMP/parts.json"
	[ -s "$TMP/files.json" ] || wrong "$1: there is no example"
	cmp -s "$TMP/files.json" "$TMP/parts.json" || {
		wrong "$1: files and SQL differ"
		diff "$TMP/files.json" "$TMP/parts.json" | head -n 6
	}
}

t 'every label, none left out'
same all '{allow: ["*"], minimumCount: 1}' exclude null
grep -q 'u003c' "$TMP/parts" || wrong 'nothing was escaped as BigQuery does'
t 'patterns, a least count, and issues left without a label'
same some '{allow: ["kind/?ug", "area/[!x]*", "a_b*"], minimumCount: 2}' negative null
t 'an issue that is too old'
same young '{allow: ["*"], minimumCount: 1}' negative 24h
finish_all
