# Sourced by the tests that run the programs.  BIN is the folder of the executables.
# A world is a folder with events, a configuration repository, a Model
# document, a store and Leases; every test begins with a fresh one.
# shellcheck shell=sh disable=SC2034

BIN=${BIN:?set BIN to the folder of the executables}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/modelsync-e2e-XXXXXX")
AT_END=		# what else there is to do then, by those sourced behind this
trap 'chmod -R u+rwX "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
trap 'exit 1' HUP INT TERM
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
export GIT_AUTHOR_DATE='2026-09-01T00:00:00Z'
export GIT_COMMITTER_DATE='2026-09-01T00:00:00Z'

bad=0		# of the test at hand
failed=0
name=

finish()
{
	[ -z "$name" ] || [ "$bad" -ne 0 ] || echo "ok   $name"
	name=
}

# t NAME: begins a test.
t()
{
	finish
	name=$1
	bad=0
}

wrong()
{
	[ "$bad" -ne 0 ] || echo "FAIL $name"
	bad=1
	failed=1
	echo "     $*"
	[ -z "${RC:-}" ] || echo "     exit $RC: $(tail -n 3 "$TMP/err")"
}

finish_all()
{
	finish
	exit "$failed"
}

# events N FROM DAY: N issues from number FROM on, one an hour from a day of
# September 2026 on.  Their words tell their labels.
events()
{
	awk -v n="$1" -v from="$2" -v day="$3" 'BEGIN {
	split("crash segfault panic broken", bug)
	split("please add support allow", want)
	split("button page colour layout", ui)
	split("disk bucket volume snapshot", store)
	for (i = 0; i < n; i++) {
		k = from + i
		d = day + int(i / 24)
		t = sprintf("2026-09-%02dT%02d:00:00Z", d, i % 24)
		kind = k % 2 ? "kind/bug" : "kind/feature"
		area = int(k / 2) % 2 ? "area/ui" : "area/storage"
		a = kind == "kind/bug" ? bug[k % 4 + 1] : want[k % 4 + 1]
		b = area == "area/ui" ? ui[int(k / 4) % 4 + 1] : store[int(k / 4) % 4 + 1]
		printf "{\"id\":\"%d\",\"type\":\"IssuesEvent\",\"repo\":{\"name\":\"acme/app\"},", k
		printf "\"payload\":{\"action\":\"labeled\",\"issue\":{\"number\":%d,", k
		printf "\"title\":\"%s in the %s\",\"body\":\"the %s has a %s, number %d\",", a, b, b, a, k
		printf "\"labels\":[{\"name\":\"%s\"},{\"name\":\"%s\"}],", kind, area
		printf "\"created_at\":\"%s\",\"updated_at\":\"%s\"}},\"created_at\":\"%s\"}\n", t, t, t
	} }'
}

# The configuration repository: a setter in a Kptfile, two marked copies.
config_files()
{
	mkdir -p "$1/deployment/base"
	cat >"$1/deployment/Kptfile" <<-'X'
	apiVersion: kpt.dev/v1alpha1
	kind: Kptfile
	metadata:
	  name: deployment
	openAPI:
	  definitions:
	    io.k8s.cli.setters.automl-model:
	      x-k8s-cli:
	        setter:
	          name: automl-model
	          value: notavlidmodel   # none yet
	X
	cat >"$1/deployment/base/config.yaml" <<-'X'
	# which model answers
	orgs:
	- name: acme
	  model: "notavlidmodel" # {"$ref":"#/definitions/io.k8s.cli.setters.automl-model"}
	X
	cat >"$1/deployment/base/env.yaml" <<-'X'
	env: {MODEL: notavlidmodel}
	X
	echo '# configuration' >"$1/README.md"
}

# world: a fresh folder $W, and the time $NOW.
world()
{
	W=$(mktemp -d "$TMP/world-XXXXXX")
	NOW=2026-10-01T00:00:00Z
	mkdir "$W/events" "$W/work"
	events 96 1 1 >"$W/events/1.json"
	config_files "$W/work"
	git -C "$W/work" init -q -b main
	git -C "$W/work" add .
	git -C "$W/work" commit -q -m 'Start'
	git clone -q --bare "$W/work" "$W/config.git"
	cat >"$W/model.yaml" <<-X
	apiVersion: modelsync.dev/v1alpha1
	kind: Model
	metadata: {name: issues}
	spec:
	  data:
	    archive: {paths: [events/*.json], organisation: acme}
	    labels: {allow: ["kind/*", "area/*"], minimumCount: 20}
	  training:
	    exec: {command: [fit-labels], store: models, deadline: 1m}
	  freshness: {maximumAge: 24h}
	  gate: {precision: 0.70, recall: 0.30}
	  config:
	    git: {url: config.git, base: main, head: auto-update, author: "Bot <bot@example.com>"}
	    setter: automl-model
	    fields: [{file: deployment/base/env.yaml, path: env.MODEL}]
	    paths: [deployment]
	    placeholder: [notavlidmodel]
	  lease: {file: {directory: leases}}
	X
}

# run TOOL ARG...: one run in the world at $NOW; $RC, $TMP/out, $TMP/err.
run()
{
	tool=$1
	shift
	"$BIN/$tool" -f "$W/model.yaml" --now "$NOW" "$@" \
	    >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

# want RC TEXT...: the last run's exit status, and words of its line.
want()
{
	[ "$RC" -eq "$1" ] || wrong "exit $RC, expected $1"
	shift
	for text; do
		grep -qF -- "$text" "$TMP/err" || wrong "no \"$text\" said"
	done
}

shows()
{
	for text; do
		grep -qF -- "$text" "$TMP/out" || wrong "no \"$text\" shown"
	done
}

# is GOT WANT WHAT
is()
{
	[ "$1" = "$2" ] || wrong "$3: got \"$1\", expected \"$2\""
}

# Everything about the world that a run could have changed.
snapshot()
{
	(cd "$W" && find . -printf '%p %y %m %s %T@ %l\n' | sort &&
	    find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# untouched TOOL ARG...: runs it, and the world is as it was.
untouched()
{
	snapshot >"$TMP/before"
	run "$@"
	snapshot >"$TMP/after"
	cmp -s "$TMP/before" "$TMP/after" || {
		wrong "$* changed the world:"
		diff "$TMP/before" "$TMP/after" | head -n 5
	}
}

# await COMMAND: until it is so, for a minute at most; a busy machine takes
# its time.
await()
{
	for _ in $(seq 600); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

over()
{
	[ ! -e "/proc/$1" ] || grep -qs 'State:.[ZX]' "/proc/$1/status"
}

free()
{
	run "$1" -n
	! grep -q end=busy "$TMP/err"
}

# killed TOOL PID PROCESS...: SIGKILL for a run, which takes with it what it
# started; then the Lease is free.
killed()
{
	tool=$1
	kill -KILL "$2"
	wait "$2" 2>/dev/null
	shift 2
	for process; do
		await over "$process" || wrong "process $process lives:" \
		    "$(grep State "/proc/$process/status")"
	done
	await free "$tool" || wrong 'the Lease is not free'
}

# later DURATION: as date(1) adds it, "25 hours".
later()
{
	NOW=$(date -u -d "$NOW + $1" +%Y-%m-%dT%H:%M:%SZ)
}

count()
{
	find "$W/models/$1" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l
}

# head of a branch of the configuration repository, or nothing
tip()
{
	git -C "$W/config.git" rev-parse -q --verify "refs/heads/$1"
}

# on BRANCH FILE: its text there
on()
{
	git -C "$W/config.git" show "$1:$2"
}

# A person merges the proposal.
merge()
{
	git -C "$W/work" pull -q "$W/config.git" main 2>/dev/null
	git -C "$W/work" fetch -q "$W/config.git" auto-update
	git -C "$W/work" merge -q --no-ff -m "Merge" FETCH_HEAD
	git -C "$W/work" push -q "$W/config.git" main
}

# A person commits a change made by a command in the work tree to a branch.
person()
{
	git -C "$W/work" fetch -q "$W/config.git"
	git -C "$W/work" fetch -q "$W/config.git" "$1"
	git -C "$W/work" checkout -q --detach FETCH_HEAD
	(cd "$W/work" && eval "$2")
	git -C "$W/work" commit -q -am "${3:-by hand}"
	git -C "$W/work" push -q "$W/config.git" "HEAD:refs/heads/$1"
	git -C "$W/work" checkout -q main
}
