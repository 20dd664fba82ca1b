#!/bin/sh
# Where force is forbidden: a branch per generation, on this machine and on
# real git servers that deny what is no fast-forward.  No forge; with one:
# generations.sh.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/servers.sh
. "$(dirname "$0")/../servers.sh"

# As ssh.sh: what libgit2 does not free ends with the process.
export ASAN_OPTIONS=detect_leaks=0

# place HOW [FORCE]: a fresh world with a model, whose configuration is here,
# behind https or behind ssh, and denies force.
place()
{
	world
	N=$((${N:-0} + 1))
	case $1 in
	here)	url=config.git ;;
	https)	url="\"$SERVER_URL/r$N.git\", user: $SERVER_USER, passwordFile: \"$SERVER_PASSWORD_FILE\", caFile: \"$SERVER_CA\", cache: cache" ;;
	ssh)	url="\"$SSH_URL/r$N.git\", keyFile: \"$SSH_KEY\", hostKey: \"$SSH_HOSTKEY\", cache: cache" ;;
	esac
	BARE=$W/config.git
	if [ "$1" != here ]; then
		serve_repo "r$N" "$W/config.git"
		BARE=$SERVER_ROOT/r$N.git
		rm -rf "$W/config.git"
	fi
	git -C "$BARE" config receive.denyNonFastForwards true
	sed -i "s|url: config.git,|url: $url, force: ${2:-false},|" \
	    "$W/model.yaml"
	run train-model -C
	newest
}

newest()
{
	MODEL=$(find "$W/models/models" -mindepth 1 -maxdepth 1 -printf '%T@ %f\n' |
	    sort -n | tail -n 1 | cut -d' ' -f2)
	BRANCH=auto-update-$MODEL
}

# another: a day later there is a newer model.
another()
{
	later '25 hours'
	events 30 "$((200 + $(date -d "$NOW" +%s) % 1000))" 28 >>"$W/events/2.json"
	run train-model -C
	newest
}

there()
{
	git -C "$BARE" for-each-ref --format='%(refname:short)' refs/heads |
	    sort | tr '\n' ' '
}

# Pushes the model's branch: three lines against today's base, and no more.
pushes()
{
	run deploy-model
	want 0 end=done verb=push "$BRANCH"
	is "$(git -C "$BARE" diff --stat "main...$BRANCH" | tail -n 1)" \
	    ' 3 files changed, 3 insertions(+), 3 deletions(-)' 'the change'
	for f in Kptfile base/config.yaml base/env.yaml; do
		git -C "$BARE" show "$BRANCH:deployment/$f" |
		    grep -qF "$MODEL" || wrong "$f does not name $MODEL"
	done
	git -C "$BARE" fsck --no-progress --no-dangling --connectivity-only 2>"$TMP/fsck" ||
	    wrong "$(cat "$TMP/fsck")"
	later '1 minute'
}

waits()
{
	run deploy-model
	want 0 end=settled '18 waiting for review' "$BRANCH"
}

# person BRANCH FILE TEXT: a person's commit there
person()
{
	git -C "$BARE" worktree add -q --force --detach "$W/tree" "$1"
	echo "$3" >>"$W/tree/$2"
	git -C "$W/tree" -c user.name=Ada -c user.email=ada@example.com \
	    commit -q -am "$3"
	git -C "$W/tree" rev-parse HEAD >"$TMP/oid"
	git -C "$BARE" worktree remove --force "$W/tree"
	git -C "$BARE" update-ref "refs/heads/$1" "$(cat "$TMP/oid")"
}

# squash BRANCH: as forges merge
squash()
{
	git -C "$BARE" update-ref refs/heads/main "$(git -C "$BARE" \
	    -c user.name=Ada -c user.email=ada@example.com commit-tree \
	    -p main -m "Squash $1" "$1^{tree}")"
}

serve_http auth
serve_ssh

for how in here https ssh; do
	t "$how: each generation has its branch; the older ones stay"
	place $how
	pushes
	waits
	FIRST=$BRANCH
	first=$(git -C "$BARE" rev-parse "$FIRST")
	another
	pushes
	waits
	is "$(there)" "$(printf '%s\n' main "$FIRST" "$BRANCH" | LC_ALL=C sort |
	    tr '\n' ' ')" 'branches'
	is "$(git -C "$BARE" rev-parse "$FIRST")" "$first" 'the older branch'

	t "$how: a marked file changed on base: one commit on top"
	person main deployment/base/env.yaml '# changed'
	was=$(git -C "$BARE" rev-parse "$BRANCH")
	run deploy-model
	want 0 end=done 'row="17 refresh"' verb=push
	is "$(git -C "$BARE" rev-parse "$BRANCH^1" "$BRANCH^2" | tr '\n' ' ')" \
	    "$was $(git -C "$BARE" rev-parse main) " 'parents'
	is "$(git -C "$BARE" diff --stat "main...$BRANCH" | tail -n 1)" \
	    ' 3 files changed, 3 insertions(+), 3 deletions(-)' 'the change'
	git -C "$BARE" show "$BRANCH:deployment/base/env.yaml" |
	    grep -q '# changed' || wrong 'not on the new base'
	later '1 minute'
	waits
	person main README.md 'unrelated'
	waits

	t "$how: squashed: settled; the next one goes on from there"
	squash "$BRANCH"
	run deploy-model
	want 0 end=settled '9 git names the newest model'
	another
	pushes
	waits

	t "$how: a person's commit on it holds every model"
	person "$BRANCH" README.md 'a note'
	held=$(git -C "$BARE" rev-parse "$BRANCH")
	HELD=$BRANCH
	run deploy-model
	want 2 '11 branch held' 'Ada' "$HELD"
	another
	run deploy-model
	want 2 '11 branch held' 'Ada' "$HELD"
	is "$(git -C "$BARE" rev-parse "$HELD")" "$held" 'the branch'
	git -C "$BARE" update-ref -d "refs/heads/$HELD"
	pushes
	waits
done

t 'settled: one exchange, as with one branch'
place https
pushes
: >"$SERVER_LOG"
waits
is "$(wc -l <"$SERVER_LOG")" 1 'exchanges'
another
: >"$SERVER_LOG"
pushes
# refs, what of base and the older branch is not here, the push, refs again
[ "$(wc -l <"$SERVER_LOG")" -le 4 ] || wrong "$(cat "$SERVER_LOG")"

t 'without a cache, on a server without filters'
place https
git -C "$BARE" config uploadpack.allowFilter false
sed -i 's|, cache: cache||' "$W/model.yaml"
pushes
another
pushes
waits

for how in https ssh; do
	t "$how: force that is refused is said, with the remedy"
	place $how true
	BRANCH=auto-update
	run deploy-model
	want 0 end=done verb=push
	another
	run deploy-model
	want 3 end=failed 'was refused' 'non-fast-forward' \
	    'spec.config.git.force to false'
	later '1 minute'

	t "$how: set while the old branch is there: it stays, and is none of it"
	sed -i 's|force: true|force: false|' "$W/model.yaml"
	pushes
	waits
	is "$(there)" "auto-update $BRANCH main " 'branches'
done

t 'a push that was killed: the next run finds it done'
place here
pushes
another
run deploy-model -n
want 2 end=plan
shows "refs/heads/$BRANCH"
pushes
person main deployment/base/env.yaml '# changed'
cp -a "$W/leases" "$TMP/leases"
run deploy-model
want 0 'row="17 refresh"'
# The Lease as the run had it that never came to say so.
jq -c '.log.intent = {verb: "push", target: "refs/heads/'"$BRANCH"'",
    generation: "'"$MODEL"'", base: "'"$(git -C "$BARE" rev-parse main)"'",
    document: "x", at: "'"$NOW"'", duration: 60}' \
    "$TMP/leases/deploy-model-issues.json" >"$W/leases/deploy-model-issues.json" ||
    wrong 'no Lease'
later '2 hours'
run deploy-model
want 0 verb=close 'was done'
later '1 minute'
waits

t 'branches of others that begin alike are nobody'"'"'s'
place here
for b in auto-updates auto-update-mine auto-update-others-aaaaaaaaaaaa; do
	git -C "$BARE" branch "$b" main
	person "$b" README.md 'mine'
done
pushes
waits
finish_all
