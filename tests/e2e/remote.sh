#!/bin/sh
# A configuration on a real git server over https: git http-backend behind
# lighttpd, with TLS and a password.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/servers.sh
. "$(dirname "$0")/../servers.sh"

serve_http auth

# place [KEYS]: a fresh world whose configuration is there, with a model; more
# keys of config.git.
place()
{
	world
	N=$((${N:-0} + 1))
	serve_repo "r$N" "$W/config.git"
	BARE=$SERVER_ROOT/r$N.git
	rm -rf "$W/config.git"
	sed -i "s|url: config.git,|url: \"$SERVER_URL/r$N.git\", user: $SERVER_USER, passwordFile: \"$SERVER_PASSWORD_FILE\", caFile: \"$SERVER_CA\", ${1-cache: cache,}|" \
	    "$W/model.yaml"
	run train-model -C
	want 0
	MODEL=$(ls "$W/models/models")
	: >"$SERVER_LOG"
}

# asked: how many requests the server had since the last time
asked()
{
	wc -l <"$SERVER_LOG"
	: >"$SERVER_LOG"
}

# at_head FILE: the branch names the model there
at_head()
{
	git -C "$BARE" show "auto-update:$1" | grep -qF "$MODEL" ||
	    wrong "$1 does not name $MODEL"
}

pushed()
{
	want 0 end=done verb=push
	at_head deployment/Kptfile
	at_head deployment/base/config.yaml
	at_head deployment/base/env.yaml
	git -C "$BARE" fsck --no-progress --connectivity-only 2>"$TMP/fsck" ||
	    wrong "$(cat "$TMP/fsck")"
	is "$(git -C "$BARE" diff --stat main auto-update | tail -n 1)" \
	    ' 3 files changed, 3 insertions(+), 3 deletions(-)' 'the change'
}

waits()
{
	run deploy-model
	want 0 end=settled '18 waiting for review'
}

t 'cold: greeting, refs, commits, files, push, refs'
place
run deploy-model
pushed
is "$(asked)" 6 'exchanges'

t 'settled: refs alone'
waits
is "$(asked)" 1 'exchanges'

t 'without a cache'
place ''
run deploy-model
pushed
waits
ls -d "${TMPDIR:-/tmp}"/modelsync-git-* 2>/dev/null && wrong 'a folder is left'

t 'the same commit as a repository on this machine gets'
is "$(git -C "$BARE" log -1 --format='%an %cn %s' auto-update)" \
    "Bot Bot issues: update the model to $MODEL" 'commit'

t 'a server without filters'
place
git -C "$BARE" config uploadpack.allowFilter false
run deploy-model
pushed
waits

t 'base moves on: what is new is fetched'
git -C "$BARE" worktree add -q "$W/tree" main
for i in 1 2 3; do
	echo "$i" >"$W/tree/README.md"
	git -C "$W/tree" commit -qam "$i"
done
: >"$SERVER_LOG"
waits
[ "$(asked)" -le 3 ] || wrong 'more than three exchanges'

t 'a long history: the setter of a copy is found far behind'
place
git -C "$BARE" worktree add -q "$W/tree" main
(cd "$W/tree" && sed -i 's/notavlidmodel/elsewhere/' deployment/base/env.yaml &&
    git commit -qam 'a copy by hand')
for i in $(seq 400); do
	echo "commit refs/heads/main"
	echo "committer Ada <ada@example.com> $((1789000000 + i)) +0000"
	echo "data 2"
	echo "c"
	[ "$i" -gt 1 ] || echo "from refs/heads/main^0"
	echo "M 100644 inline README.md"
	printf 'data %d\n%s\n' "${#i}" "$i"
done | git -C "$BARE" fast-import --quiet
run deploy-model
want 2 '4 copies differ' 'elsewhere' 'Ada'
rm -rf "$W/cache"
run deploy-model
want 2 '4 copies differ' 'elsewhere' 'Ada'

t 'a rollback is found in the history of a server'
place
run deploy-model
git -C "$BARE" update-ref refs/heads/main auto-update
git -C "$BARE" worktree add -q "$W/tree" main
git -C "$W/tree" revert --no-edit HEAD >/dev/null
rm -rf "$W/cache"
run deploy-model
want 2 "$MODEL was rolled back"

t 'the cache is damaged: it is thrown away, and the next run has a new one'
place
run deploy-model
pushed
for p in "$W"/cache/*/objects/pack/*.pack; do
	chmod u+w "$p"
	printf 'garbage' | dd of="$p" bs=1 seek=40 conv=notrunc 2>/dev/null
done
run deploy-model
[ "$RC" -eq 1 ] || [ "$RC" -eq 0 ] || wrong "exit $RC"
waits
echo '{' >"$(echo "$W"/cache/*/modelsync.json)"
run deploy-model -v
want 0 'observed=cache' 'was made anew' '18 waiting'
rm -rf "$W"/cache/*/objects
run deploy-model
waits
chmod 500 "$W/cache"
if [ "$(id -u)" -ne 0 ]; then
	rm -rf "$W"/cache/*/modelsync.json
	run deploy-model
	want 3 'config.git.cache'
fi
chmod 700 "$W/cache"

t 'many runs share one cache'
place
pids=
for i in 1 2 3 4 5 6 7 8; do
	"$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" -n \
	    >"$TMP/out.$i" 2>"$TMP/err.$i" &
	pids="$pids $!"
done
for i in $pids; do
	wait "$i"
done
for i in 1 2 3 4 5 6 7 8; do
	grep -q 'end=plan' "$TMP/err.$i" || wrong "$(cat "$TMP/err.$i")"
done
run deploy-model
pushed

t 'a wrong password, a wrong CA, no such repository, a hook that refuses'
place
sed -i "s|passwordFile: \"[^\"]*\"|passwordFile: wrong|" "$W/model.yaml"
echo wrong >"$W/wrong"
run deploy-model
want 3 '(401)'
sed -i "s|passwordFile: wrong|passwordFile: \"$SERVER_PASSWORD_FILE\"|" "$W/model.yaml"
cp "$W/model.yaml" "$W/good.yaml"
sed -i "s|caFile: \"[^\"]*\"|caFile: \"$SERVER_OTHER_CA\"|" "$W/model.yaml"
run deploy-model
want 3 'is it the right CA file?'
cp "$W/good.yaml" "$W/model.yaml"
sed -i "s|/r$N.git|/nowhere.git|" "$W/model.yaml"
run deploy-model
want 3 'no such repository'
cp "$W/good.yaml" "$W/model.yaml"
printf '#!/bin/sh\necho "not on a Friday"\nexit 1\n' >"$BARE/hooks/pre-receive"
chmod +x "$BARE/hooks/pre-receive"
run deploy-model
want 3 'was refused' 'pre-receive hook declined' 'not on a Friday'
git -C "$BARE" config http.receivepack false
run deploy-model
want 3 '(403)'

t 'another program holds the lock of the branch there'
place
: >"$BARE/refs/heads/auto-update.lock"
run deploy-model
want 1 end=failed
rm "$BARE/refs/heads/auto-update.lock"
later '1 minute'
run deploy-model
pushed

t 'what is no file of ours to edit'
place
git -C "$BARE" worktree add -q "$W/tree" main
(cd "$W/tree" && rm deployment/base/env.yaml &&
    ln -s ../Kptfile deployment/base/env.yaml && git add -A &&
    git commit -qm 'a link')
run deploy-model
want 3 'no file deployment/base/env.yaml'

t 'a silent server'
place
serve_silent
sed -i "s|$SERVER_URL|${SILENT_URL}|; s|https://127|http://127|" "$W/model.yaml"
run deploy-model --deadline 3s
want 1
finish_all
