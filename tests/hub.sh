# Sourced behind lib.sh, world.sh and forge.sh by tests whose configuration is
# on a simulated GitHub.  The Lease is a file, so that time is ours.
# shellcheck shell=sh disable=SC2034,SC2119,SC2120,SC2153,SC2154

# hub [PROPOSAL [GIT]]: a fresh world whose configuration is on GitHub, with a
# model; more keys of proposal.github and of config.git.
hub()
{
	world
	[ -n "$WORLD_PID" ] || world_start --tls || exit 1
	world_fault off
	world_ctl POST /reset >/dev/null
	at "$NOW"
	forge_repo ml/config "$W/work" '{"paths": ["deployment/Kptfile"]}'
	forge_app 71 bot
	sed -i "s|url: config.git,|url: \"$FORGE_GIT\", cache: cache, ${2:-}|" \
	    "$W/model.yaml"
	cat >>"$W/model.yaml" <<-X
	  proposal:
	    github:
	      repository: ml/config
	      server: "$WORLD_URL"
	      caFile: "$WORLD_CA"
	      app: {id: "71", keyFile: "$FORGE_KEY"}
	      ${1:-}
	X
	run train-model -C
	newest
}

# to_fork SLUG [SUFFIX]: what is pushed goes to a fork, as the user bot.
to_fork()
{
	forge fork "{\"repo\": \"ml/config\", \"to\": \"$1\"}"
	forge_user bot
	sed -i "s|url: \"$FORGE_GIT\",|url: \"$FORGE_GIT\", push: {url: \"$WORLD_URL/$1${2-.git}\"},|; \
	    s|^      app: .*|      tokenFile: \"$FORGE_TOKEN\"|" "$W/model.yaml"
}

# forked SLUG [SUFFIX]: a fresh world that pushes to a fork.
forked()
{
	hub
	to_fork "$@"
}

# at TIME: that is the time here and there.
at()
{
	NOW=$1
	world_clock "{\"now\": \"$1\"}" >/dev/null
}

elapse()
{
	later "$1"
	at "$NOW"
}

# The newest model, in MODEL.
newest()
{
	MODEL=$(find "$W/models/models" -mindepth 1 -maxdepth 1 -printf '%T@ %f\n' |
	    sort -n | tail -n 1 | cut -d' ' -f2)
}

# another: a day later there is a newer model; the one before is WAS.
another()
{
	WAS=$MODEL
	elapse '25 hours'
	events 30 "$((200 + ${#WAS} + $(date -d "$NOW" +%s) % 1000))" 28 >>"$W/events/2.json"
	run train-model -C
	newest
}

# does ROW...: runs, each doing what is said.
does()
{
	for row; do
		run deploy-model
		want 0 end=done "$row"
		elapse '1 minute'
	done
}

# proposes: push and open.
proposes()
{
	does verb=push verb=open-request
}

# writes: how many there were; a token is none.
writes()
{
	world_record 'select(.mutating and (.path | test("access_tokens") | not))' |
	    wc -l
}

# idle RC TEXT...: a run that ends so, says so, and writes nothing.
idle()
{
	before=$(writes)
	run deploy-model
	want "$@"
	is "$(writes)" "$before" 'writes'
}

rests()
{
	idle 0 end=settled "$@"
}

# pull FILTER: of the newest request
pull()
{
	forge_state ".pulls[-1] | $1" | tr -d '"'
}

# true: the counters of the world that must be nothing.
unharmed()
{
	is "$(forge_state '[.lost, .empty, .untrue, ([.mostOpen[] | select(. > 1)])]')" \
	    '[[],[],[],[]]' 'lost commits, empty requests, untrue texts, two open'
}

# between MATCH N COMMAND...: a run waits before N exchanges that match while
# a command is carried out, which is heard in SAID; RC is the run's status.
between()
{
	world_fault "{\"match\": $1, \"kind\": \"hold\", \"times\": $2}"
	"$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>"$TMP/err" &
	pid=$!
	world_held "$2" >/dev/null
	shift 2
	"$@" >"$TMP/said"
	SAID=$(cat "$TMP/said")
	world_release
	wait "$pid"
	RC=$?
	world_fault off
}
