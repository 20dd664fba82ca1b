#!/bin/sh
# A configuration on a real git server over ssh: sshd and git.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/servers.sh
. "$(dirname "$0")/../servers.sh"

serve_ssh

# place [KEYS]: a fresh world whose configuration is there, with a model; the
# keys of config.git.
place()
{
	world
	N=$((${N:-0} + 1))
	serve_repo "r$N" "$W/config.git"
	BARE=$SERVER_ROOT/r$N.git
	rm -rf "$W/config.git"
	sed -i "s|url: config.git,|url: \"$SSH_URL/r$N.git\", ${1-keyFile: \"$SSH_KEY\", hostKey: \"$SSH_HOSTKEY\", cache: cache,}|" \
	    "$W/model.yaml"
	run train-model -C
	want 0
	MODEL=$(ls "$W/models/models")
}

pushed()
{
	want 0 end=done verb=push
	git -C "$BARE" show "auto-update:deployment/Kptfile" |
	    grep -qF "$MODEL" || wrong "it does not name $MODEL"
	git -C "$BARE" fsck --no-progress --connectivity-only 2>"$TMP/fsck" ||
	    wrong "$(cat "$TMP/fsck")"
}

waits()
{
	run deploy-model
	want 0 end=settled '18 waiting for review'
}

t 'ed25519: push, and settled'
place
run deploy-model -v
pushed
grep -q 'method=PUSH' "$TMP/err" || wrong 'no line for the push'
waits

t 'ecdsa, without a cache'
place "keyFile: \"$SSH_KEY_ECDSA\", hostKey: \"$SSH_HOSTKEY\","
run deploy-model
pushed
waits

t 'base moves on, and is force-pushed'
place
run deploy-model
pushed
git -C "$BARE" worktree add -q "$W/tree" main
for i in 1 2 3; do
	echo "$i" >"$W/tree/README.md"
	git -C "$W/tree" commit -qam "$i"
done
waits
git -C "$W/tree" commit -q --amend -m 'amended'
waits

t 'an RSA key is refused with the reason'
place "keyFile: \"$SSH_KEY_RSA\", hostKey: \"$SSH_HOSTKEY\","
run deploy-model
want 3 'an RSA key' 'ssh-keygen -t ed25519'

t 'a wrong host key, one that nobody knows, no key of ours'
place "keyFile: \"$SSH_KEY\", hostKey: \"$SSH_HOSTKEY_RSA\","
run deploy-model
want 3 "the server's key is not that of hostKey"
place "keyFile: \"$SSH_KEY\","
HOME=$W run deploy-model
want 3 'known_hosts' 'hostKey'
place "hostKey: \"$SSH_HOSTKEY\","
run deploy-model
want 3 'expected keyFile'
place "keyFile: absent, hostKey: \"$SSH_HOSTKEY\","
run deploy-model
want 3 'no such file'

t 'a key that the server does not know, and one that may only read'
place "keyFile: \"$SSH_KEY_STRANGER\", hostKey: \"$SSH_HOSTKEY\","
run deploy-model
want 3 'does not accept the key'
place "keyFile: \"$SSH_KEY_READ\", hostKey: \"$SSH_HOSTKEY\","
run deploy-model -n
want 2 end=plan
run deploy-model
[ "$RC" -eq 1 ] || [ "$RC" -eq 3 ] || wrong "exit $RC"
git -C "$BARE" rev-parse -q --verify refs/heads/auto-update >"$TMP/rev" &&
    wrong 'it was pushed'

t 'a hook that refuses, in its words'
place
printf '#!/bin/sh\necho "not on a Friday"\nexit 1\n' >"$BARE/hooks/pre-receive"
chmod +x "$BARE/hooks/pre-receive"
run deploy-model
want 3 'was refused' 'pre-receive hook declined'

t 'no such repository; a cache with a stale lock'
place
cp "$W/model.yaml" "$W/good.yaml"
sed -i "s|/r$N.git|/nowhere.git|" "$W/model.yaml"
run deploy-model
[ "$RC" -eq 1 ] || [ "$RC" -eq 3 ] || wrong "exit $RC"
cp "$W/good.yaml" "$W/model.yaml"
run deploy-model
pushed
git -C "$BARE" worktree add -q "$W/tree" main
echo x >"$W/tree/README.md"
git -C "$W/tree" commit -qam x
: >"$(echo "$W"/cache/*/refs/modelsync)/main.lock"
run deploy-model -v
want 0 '18 waiting for review' 'observed=cache' 'left a lock'
waits

t 'a silent server ends at the deadline'
place
serve_silent
sed -i "s|$SSH_PORT|$SILENT_PORT|" "$W/model.yaml"
run deploy-model --deadline 3s
want 1
finish_all
