# Sourced by the tests that need a simulated outside world (tests/world).
# TMP is a folder of the test's own, made here unless lib.sh did; whatever the
# end of the test, the world ends with it.
# shellcheck shell=sh disable=SC2034

TMP=${TMP:-$(mktemp -d "${TMPDIR:-/tmp}/modelsync-e2e-XXXXXX")}
AT_END="world_stop; ${AT_END:-}"
trap 'eval "$AT_END"; chmod -R u+rwX "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
trap 'exit 1' HUP INT TERM
WORLD=$(cd "$(dirname "$0")/.." && pwd)/world/world
WORLD_DIR=
WORLD_PID=

# world_start ARG...: a fresh world, options as tests/world/world takes them.
# Sets WORLD_URL, WORLD_CTL, WORLD_DIR, WORLD_CA, WORLD_TOKEN (a file).
world_start()
{
	world_stop
	WORLD_DIR=$(mktemp -d "$TMP/outside-XXXXXX")
	"$WORLD" --with-parent --dir "$WORLD_DIR" "$@" \
	    >"$WORLD_DIR/out" 2>"$WORLD_DIR/err" &
	WORLD_PID=$!
	world_tries=600
	while [ ! -e "$WORLD_DIR/where" ]; do
		world_tries=$((world_tries - 1))
		if [ "$world_tries" -eq 0 ] ||
		    ! kill -0 "$WORLD_PID" 2>/dev/null; then
			echo "the world did not start:" >&2
			cat "$WORLD_DIR/err" >&2
			return 1
		fi
		sleep 0.05
	done
	WORLD_URL=$(jq -r .url "$WORLD_DIR/where")
	WORLD_CTL=$(jq -r .control "$WORLD_DIR/where")
	WORLD_CA=$(jq -r '.ca // ""' "$WORLD_DIR/where")
	WORLD_TOKEN=$WORLD_DIR/token
}

# world_stop: says what went wrong in the world itself, if anything did.
world_stop()
{
	[ -n "$WORLD_PID" ] || return 0
	kill "$WORLD_PID" 2>/dev/null
	wait "$WORLD_PID" 2>/dev/null
	WORLD_PID=
	[ ! -s "$WORLD_DIR/broken" ] || cat "$WORLD_DIR/broken" >&2
}

# world_ctl METHOD PATH [JSON]: the control port; see tests/world/README.md.
world_ctl()
{
	curl -sS --noproxy '*' -m 30 -X "$1" ${3+--data-binary "$3"} \
	    -H 'Content-Type: application/json' "$WORLD_CTL$2"
}

# world_put FILE: objects of Kubernetes, JSON: one, a list, or a List.
world_put()
{
	world_ctl POST /objects "@$1" | grep . >"$WORLD_DIR/put"
	grep -q '^\[' "$WORLD_DIR/put" || {
		cat "$WORLD_DIR/put" >&2
		return 1
	}
}

# world_get PATH: what a person who may do everything sees there.
world_get()
{
	world_ctl GET "$1"
}

# world_fault JSON: a rule, or a list of them.  world_fault off: none.
world_fault()
{
	if [ "$1" = off ]; then
		world_ctl DELETE /faults >"$WORLD_DIR/said"
	else
		world_ctl POST /faults "$1" >"$WORLD_DIR/said"
		grep -q '^\[' "$WORLD_DIR/said" || {
			cat "$WORLD_DIR/said" >&2
			return 1
		}
	fi
}

# world_clock [JSON]: {"now": T}, {"advance": S}, {"rate": N}; prints the time.
world_clock()
{
	if [ $# -eq 0 ]; then
		world_ctl GET /clock
	else
		world_ctl POST /clock "$1"
	fi | jq -r .now
}

# world_record [FILTER]: one line per exchange, or what jq -c makes of each.
world_record()
{
	jq -c "${1:-.}" "$WORLD_DIR/record.jsonl"
}

# world_held N: waits until N exchanges are held; prints them, one a line.
world_held()
{
	world_ctl GET "/held?wait=$1" | jq -c '.[]'
}

# world_release [N]: lets exchange N go on, or all.
world_release()
{
	world_ctl POST /release "${1+{\"n\":$1\}}" >"$WORLD_DIR/said"
}
