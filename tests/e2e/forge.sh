#!/bin/sh
# What a forge and a git server may answer: a sentence with the remedy, the
# right exit status, and nothing changed.
# shellcheck disable=SC2119
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/forge.sh
. "$(dirname "$0")/../forge.sh"
# shellcheck source=tests/hub.sh
. "$(dirname "$0")/../hub.sh"

# meets FAULT RC TEXT...: a run that meets it ends so and writes nothing.
meets()
{
	fault=$1
	shift
	world_fault "$fault"
	idle "$@"
	world_fault off
}

t 'lists that are no lists: nothing is done'
hub
does verb=push
for kind in html truncated garbage deep headers wrong-length; do
	rm -rf "$W/cache"	# 304 has nothing to cut short
	meets "{\"match\": {\"path\": \"pulls\"}, \"kind\": \"$kind\", \"times\": 0}" 1 \
	    end=failed "$WORLD_URL"
done
for code in 403 404; do
	meets "{\"match\": {\"path\": \"pulls\"}, \"kind\": \"status\", \"status\": $code, \"body\": true, \"times\": 0}" 3 \
	    end=failed "($code)"
done
meets '{"match": {"path": "pulls"}, "kind": "status", "status": 500, "times": 0}' 1 \
    'status 500'
meets '{"match": {"path": "pulls"}, "kind": "status", "status": 200, "body": {"a": 1}, "times": 0}' 1 \
    'expected a list'
meets '{"match": {"path": "pulls"}, "kind": "status", "status": 200, "body": [{"user": {"login": "bot[bot]"}, "head": {"ref": "auto-update", "repo": {"full_name": "ml/config"}}, "base": {"ref": "main"}}], "times": 0}' 1 \
    'without number, state, head or time'

t 'refs that are no refs: nothing is done'
for kind in html truncated garbage; do
	meets "{\"match\": {\"path\": \"upload-pack\", \"method\": \"POST\"}, \"kind\": \"$kind\", \"times\": 0}" 1 \
	    end=failed
done
meets '{"match": {"path": "upload-pack", "method": "POST"}, "kind": "status", "status": 404, "times": 0}' 3 \
    'no such repository'
rm -rf "$W/cache"
for kind in html truncated garbage; do
	meets "{\"match\": {\"path\": \"info/refs\"}, \"kind\": \"$kind\", \"times\": 0}" 1 \
	    end=failed
	meets "{\"match\": {\"path\": \"upload-pack\", \"method\": \"POST\", \"nth\": 2}, \"kind\": \"$kind\", \"times\": 0}" 1 \
	    end=failed
done

t 'objects of our branch that do not come are no word about it'
hub
proposes
for nth in 1 2 3 4; do
	rm -rf "$W/cache"
	world_fault "{\"match\": {\"path\": \"git-upload-pack\", \"nth\": $nth}, \"kind\": \"status\", \"status\": 422}"
	before=$(writes)
	run deploy-model
	want 3 'git: status 422'
	is "$(writes)" "$before" "writes when exchange $nth fails"
done
world_fault off
rests '18 waiting for review'
unharmed

t 'a limit is waited out by the next runs, not by this one'
forge limit '{"login": "bot[bot]", "remaining": 0}' || forge limit '{"remaining": 0}'
idle 1 'its limit is reached'
world_ctl POST /github/limit '{"login": "bot[bot]", "remaining": 5000}' >/dev/null
meets '{"match": {"path": "pulls"}, "kind": "status", "status": 403, "headers": {"Retry-After": "120"}, "body": {"message": "You have exceeded a secondary rate limit."}, "times": 0}' 1 \
    'its limit is reached' 'secondary rate limit'

t 'an App that is suspended, not installed, or has another key'
hub
forge app '{"id": 71, "suspended": true}'
idle 3 'App 71' 'suspended'
forge app '{"id": 71, "suspended": false, "account": "somebody"}'
idle 3 'App 71' 'not there'
forge app '{"id": 71, "account": "ml", "permissions": {"contents": "read"}}'
idle 3 'App 71'
openssl genrsa -traditional -out "$TMP/other.pem" 2048 2>/dev/null
cp "$FORGE_KEY" "$TMP/key.pem"
cp "$TMP/other.pem" "$FORGE_KEY"
idle 3 "App's key" '(401)'
echo 'no key' >"$FORGE_KEY"
idle 3 "$FORGE_KEY"
rm "$FORGE_KEY"
idle 3 'no such file, expected the private key'

t 'a clock that is off: GitHub does not take the token'
hub
NOW=2026-10-02T00:00:00Z
idle 3 '(401)'

t 'a token that is wrong, or may only read'
hub
forge_user bot '{"permissions": {"contents": "read", "pull_requests": "read", "metadata": "read"}}'
sed -i "s|^      app: .*|      tokenFile: \"$FORGE_TOKEN\"|" "$W/model.yaml"
run deploy-model
want 3 end=failed '(403)' 'denied'
echo 'ghp_nobody' >"$FORGE_TOKEN"
idle 3 '(401)'
: >"$FORGE_TOKEN"
idle 3 'expected one word'

t 'a push that is refused opens nothing'
hub
forge repository '{"repo": "ml/config", "protected": {"auto-update": "Protected branch update failed"}}'
run deploy-model
want 3 end=failed 'was refused' 'Protected branch'
is "$(forge_state '[.opened, (.repositories["ml/config"].branches | length)]')" \
    '[0,1]' 'opened, branches'
forge repository '{"repo": "ml/config", "protected": {}, "signed": true}'
run deploy-model
want 3 end=failed 'was refused' 'signatures'
forge repository '{"repo": "ml/config", "signed": false, "archived": true}'
run deploy-model
want 3 end=failed 'archived'
forge repository '{"repo": "ml/config", "archived": false}'
proposes
unharmed

t 'force is forbidden: it is said, and nothing is lost'
forge_pull 1 merge '{"method": "squash"}'
another
forge repository '{"repo": "ml/config", "noForce": ["auto-update"]}'
run deploy-model
want 3 end=failed 'was refused'
forge delete_branch '{"repo": "ml/config", "branch": "auto-update"}'
elapse '20 minutes'
proposes
unharmed

t 'renamed: the document is to be changed'
hub
forge repository '{"repo": "ml/config", "renamed": "ml/other"}'
idle 3 'renamed'
sed -i 's|repository: ml/config|repository: ml/other|' "$W/model.yaml"
idle 3 'has moved' 'ml/other'

t 'what POST /pulls refuses'
hub
does verb=push
world_fault '{"match": {"path": "pulls$", "method": "POST"}, "kind": "status", "status": 422, "body": {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": "base", "code": "invalid"}]}, "times": 1}'
run deploy-model
want 3 'Validation Failed' 'base is invalid'
elapse '1 minute'
world_fault '{"match": {"path": "pulls$", "method": "POST"}, "kind": "status", "status": 422, "body": {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for ml:auto-update."}]}, "times": 1}'
run deploy-model
want 1 'already exists'
is "$(forge_state .opened)" 0 'opened'
elapse '1 minute'
does verb=open-request

t 'the reply to POST /pulls is lost: one is open, and it is known'
hub
does verb=push
world_fault '{"match": {"path": "pulls$", "method": "POST"}, "kind": "cut-after", "times": 1}'
run deploy-model
want 1 end=failed
elapse '1 minute'
does verb=close
rests '18 waiting for review'
is "$(forge_state .opened)" 1 'opened'

t 'the reply to a push is lost'
hub
world_fault '{"match": {"path": "receive-pack", "method": "POST"}, "kind": "cut-after", "times": 1}'
run deploy-model
want 1 end=failed
elapse '1 minute'
does verb=close verb=open-request
world_fault '{"match": {"path": "pulls$", "method": "POST"}, "kind": "cut-before", "times": 1}'
unharmed

t 'somebody moves the branch between the look and the push'
hub
between '{"path": "receive-pack", "method": "POST"}' 1 \
    forge_push auto-update README.md 'mine'
want 1 'is no longer absent'
idle 2 '11 branch held'
unharmed

t '100 requests of others: ours is found behind them'
hub
proposes
for i in $(seq 1 35); do
	forge_push "topic-$i" README.md "$i" '{"start": "main"}' >/dev/null
	forge open "{\"repo\": \"ml/config\", \"head\": \"topic-$i\", \"by\": \"eve\"}"
done
rests '18 waiting for review'

t 'an empty repository, and one without the base branch'
hub
forge create '{"repo": "ml/empty", "auth": [{"user": "x-access-token", "password": "pw"}]}'
echo pw >"$W/password"
sed -i "s|ml/config.git\",|ml/empty.git\", passwordFile: password, caFile: \"$WORLD_CA\",|" \
    "$W/model.yaml"
idle 3 'no branch main'

t 'names that would be markup or call people are words'
hub
proposes
sed -i 's|kind/bug|@ada/<b>\|x` --> <!-- modelsync {}|g' "$W"/events/*.json
sed -i 's|allow: .*|allow: ["*"], minimumCount: 20}|' "$W/model.yaml"
another
does verb=neutralize-request verb=push verb=edit-request
pull .body >"$TMP/body"
grep -q '@&#8203;ada' "$TMP/body" || wrong 'the label is not there, or a mention'
grep -q '<b>' "$TMP/body" && wrong 'markup got through'
rests '18 waiting for review'

t 'a server with only the first version of the protocol: all is fetched'
hub
forge repository '{"repo": "ml/config", "protocol": 0}'
proposes
rests '18 waiting for review'
forge_push main README.md 'moves on' >/dev/null
rests '18 waiting for review'
another
does verb=neutralize-request verb=push verb=edit-request
unharmed

t 'a server without filters, and one that cannot cut history'
hub
forge repository '{"repo": "ml/config", "filter": false, "shallow": false}'
proposes
rests '18 waiting for review'
rm -rf "$W/cache"
rests '18 waiting for review'
unharmed

t 'a server that says nothing'
hub
world_fault '{"match": {"path": "upload-pack"}, "kind": "silent", "times": 0}'
run deploy-model --deadline 3s
want 1
world_fault off

t 'an answer without end'
meets '{"match": {"path": "pulls"}, "kind": "endless", "times": 0}' 1 'bytes'

t 'what did not change is asked for with its ETag, and not sent again'
hub
proposes
run deploy-model
run deploy-model
run deploy-model -v
is "$(world_record 'select(.path | test("pulls")) | .status' | tail -n 3 | sort -u)" \
    304 'status'
want 0 '18 waiting for review'
world_ctl DELETE /record >/dev/null
run deploy-model
is "$(world_record '.method + " " + .path' | sed 's/[0-9]\{2,\}/N/' | sort | tr '\n' ' ')" \
    '"GET /api/v3/repos/ml/config/installation" "GET /api/v3/repos/ml/config/pulls" "GET /api/v3/repos/ml/config/pulls" "GET /api/v3/repos/ml/config/pulls/1" "POST /api/v3/app/installations/N/access_tokens" "POST /ml/config.git/git-upload-pack" ' \
    'exchanges of a settled run'
# recovers RUNS: as many may fail, none for a person to act; then all is as
# it was.
recovers()
{
	for _ in $(seq "$1"); do
		run deploy-model
		[ "$RC" -eq 0 ] && break
		want 1 end=failed
	done
	rests '18 waiting for review'
	another
	does verb=neutralize-request verb=push verb=edit-request
	rests '18 waiting for review'
	unharmed
}

t 'a server that loses version 2 of the protocol: it is asked again'
hub
proposes
rests '18 waiting for review'
forge repository '{"repo": "ml/config", "protocol": 0}'
recovers 2
forge repository '{"repo": "ml/config", "protocol": 2}'
recovers 0

t 'a server that loses its filters, and cannot cut history any more'
hub
proposes
rests '18 waiting for review'
forge repository '{"repo": "ml/config", "filter": false, "shallow": false}'
forge_push main README.md 'moves on' >/dev/null
recovers 1

t 'a fork whose server loses version 2 of the protocol'
forked bot/config
proposes
forge repository '{"repo": "bot/config", "protocol": 0}'
recovers 2

t 'an outage costs one more question, and no object is fetched anew'
hub
proposes
meets '{"match": {"path": "upload-pack"}, "kind": "status", "status": 502, "times": 0}' 1 \
    'status 502'
world_ctl DELETE /record >/dev/null
rests '18 waiting for review'
is "$(world_record 'select(.path | test("config.git")) | .method + " " + .path' |
    tr '\n' ' ')" '"GET /ml/config.git/info/refs" "POST /ml/config.git/git-upload-pack" ' \
    'exchanges with git'
t 'the longest texts of strangers keep nobody from being seen, nor are kept'
hub '' 'force: false,'
proposes
jq -n '"\ud83d\ude00" * 65536' >"$TMP/text"
for i in $(seq 1 16); do
	forge_push "topic-$i" README.md "$i" '{"start": "main"}' >/dev/null
	jq -n --arg head "topic-$i" --slurpfile text "$TMP/text" \
	    '{repo: "ml/config", head: $head, by: "eve", body: $text[0]}' \
	    >"$TMP/open"
	forge open "@$TMP/open"
done
rests '18 waiting for review'
[ "$(cat "$W"/cache/forge-*.json | wc -c)" -lt 1048576 ] ||
	wrong 'the texts are kept in the cache'
rests '18 waiting for review'
another
does '13 request of another branch' verb=push verb=open-request
unharmed
t 'a branch with nothing left to merge: the next run settles it'
hub
does verb=push
between '{"path": "pulls$", "method": "POST"}' 1 \
    forge_git "$FORGE_BARE" update-ref refs/heads/main auto-update
want 1 end=failed 'No commits between'
elapse '1 minute'
rests '9 git names the newest model'
is "$(forge_state .opened)" 0 'opened'
unharmed
finish_all
