#!/bin/sh
# Where force is forbidden on GitHub: a branch and a request per generation,
# never two requests at once, and people who act in between.
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

# place [PROPOSAL]: a repository whose rules forbid force on our branches.
place()
{
	hub "${1:-}" 'force: false,'
	forge repository '{"repo": "ml/config", "noForce": ["auto-update*"]}'
}

# branch [MODEL]: of the newest, or of that
branch()
{
	echo "auto-update-${1:-$MODEL}"
}

# replaced: the older request makes way, and the newer one takes its place
replaced()
{
	does 'row="13 request of another branch" verb=close-request' \
	    verb=push verb=open-request
}

branches()
{
	is "$(forge_state '.repositories["ml/config"].branches | keys')" \
	    "$(printf '%s\n' "$@" | LC_ALL=C sort | jq -R . | jq -sc .)" branches
}

# one [MOST]: nothing was forced, lost, untrue or empty, and at most so many
# requests of ours were open at once.
one()
{
	unharmed
	is "$(forge_state '[([.pushes[] | select(.forced)] | length), ([.mostBy[]] | max)]')" \
	    "[0,${1:-1}]" 'forced pushes, requests of ours open at once'
}

t 'the whole life: proposed, replaced by a newer one, refreshed, merged'
place
proposes
is "$(pull .head)" "$(branch)" 'head'
is "$(pull .title)" "issues: update the model to $MODEL" 'title'
rests '18 waiting for review'
another
replaced
is "$(forge_state '[.pulls[] | .state]')" '["closed","open"]' 'states'
forge_state '.pulls[0].body' | grep -q Withdrawn || wrong 'the body does not say so'
forge_state '.pulls[0].body' | grep -qF "$MODEL" || wrong 'nor for what'
is "$(pull .head)" "$(branch)" 'head'
is "$(pull .title)" "issues: update the model to $MODEL" 'title'
pull .body | grep -qF "A commit on \`$(branch)\`" || wrong 'another branch in the text'
rests '18 waiting for review'
branches main "$(branch "$WAS")" "$(branch)"
forge_file main deployment/base/env.yaml >"$TMP/env"
forge_push main deployment/base/env.yaml "$(cat "$TMP/env")
# changed
" >/dev/null
does 'row="17 refresh" verb=push'
rests '18 waiting for review'
forge_file "$(branch)" deployment/base/env.yaml | grep -q '# changed' ||
    wrong 'the branch is not on the new base'
is "$(pull .number)" 2 'number'
forge_pull 2 merge '{"method": "squash"}'
rests '9 git names the newest model'
another
proposes
forge_pull 3 merge '{"method": "merge"}'
rests '9 git names the newest model'
another
proposes
forge_pull 4 merge '{"method": "rebase"}'
rests '9 git names the newest model'
one

t 'a conflict: one commit on top, and it can be merged'
place
proposes
for f in deployment/Kptfile deployment/base/config.yaml deployment/base/env.yaml; do
	forge_push main "$f" "$(forge_file main "$f" | sed 's/notavlidmodel/none/')
" >/dev/null
done
sed -i 's|placeholder: .*|placeholder: [notavlidmodel, none]|' "$W/model.yaml"
elapse '1 minute'
does verb=edit-request 'row="17 refresh" verb=push'
rests '18 waiting for review'
git -C "$FORGE_BARE" log -1 --format=%B "$(branch)" |
    grep -q 'The same change on main as of' || wrong 'the commit does not say so'
forge_pull 1 merge '{"method": "merge"}'
rests '9 git names the newest model'
one

t 'refreshed, then rebased: the merge is left out, and nothing is missing'
place
proposes
forge_push main deployment/Kptfile "# changed
$(forge_file main deployment/Kptfile)
" >/dev/null
does 'row="17 refresh" verb=push'
forge_pull 1 merge '{"method": "rebase"}'
rests '9 git names the newest model'
one

t 'branches that are done with are deleted where asked, each by a run'
place 'deleteBranch: true'
proposes
another
replaced
does 'row="22 spent branch" verb=delete-branch'
rests '18 waiting for review'
branches main "$(branch)"
forge_pull 2 merge '{"method": "squash"}'
does verb=delete-branch
rests '9 git names the newest model'
branches main
one

t 'a person'"'"'s commit on the branch of the open request holds every model'
place 'deleteBranch: true'
proposes
held=$(forge_push "$(branch)" README.md 'a note')
another
idle 2 '11 branch held' 'A Person' "$(branch "$WAS")"
forge_pull 1 close
proposes
rests '18 waiting for review'
is "$(forge_state ".repositories[\"ml/config\"].branches[\"$(branch "$WAS")\"]")" \
    "\"$held\"" 'the held branch'
one

t 'a push to the old branch after our close: it is kept, and not in the way'
place 'deleteBranch: true'
proposes
another
does verb=close-request
late=$(forge_push "$(branch "$WAS")" README.md 'too late')
proposes
rests '18 waiting for review'
is "$(forge_state ".repositories[\"ml/config\"].branches[\"$(branch "$WAS")\"]")" \
    "\"$late\"" 'the older branch'
one

t 'a push between the look and our close: the branch is not deleted'
place 'deleteBranch: true'
proposes
another
between '{"path": "pulls/1$", "method": "PATCH"}' 1 \
    forge_push "$(branch "$WAS")" README.md 'just in time'
late=$SAID
is "$(pull .state)" closed 'state'
elapse '1 minute'
proposes
rests '18 waiting for review'
is "$(forge_state ".repositories[\"ml/config\"].branches[\"$(branch "$WAS")\"]")" \
    "\"$late\"" 'the older branch'
one

t 'a withdrawn request is opened again by a person: it is closed again'
place
proposes
another
replaced
forge_pull 1 reopen
does 'row="13 request of another branch" verb=close-request'
rests '18 waiting for review'
is "$(forge_state '[.pulls[] | .state]')" '["closed","open"]' 'states'
one 2

t 'reopened before the newer one is opened: it is closed first'
place
proposes
another
does verb=close-request
forge_pull 1 reopen
elapse '20 minutes'
replaced
rests '18 waiting for review'
one

t 'a list that is behind does not let two be open'
place
proposes
another
world_fault '{"match": {"path": "pulls$", "method": "GET"}, "kind": "stale", "times": 3}'
does verb=close-request
world_fault off
does verb=push verb=open-request
rests '18 waiting for review'
one

t 'nor where the reply to its opening was lost'
place
does verb=push
world_fault '{"match": {"path": "pulls$", "method": "POST"}, "kind": "cut-after", "times": 1}'
run deploy-model
want 1 verb=open-request
world_fault off
elapse '1 minute'
does 'was done'
another
world_fault '{"match": {"path": "pulls$", "method": "GET"}, "kind": "stale", "back": 2, "times": 3}'
does verb=close-request
world_fault off
does verb=push verb=open-request
rests '18 waiting for review'
one

t 'a list that is behind and a request that cannot be read: nothing is done'
place
proposes
another
world_fault '[{"match": {"path": "pulls$", "method": "GET"}, "kind": "stale", "times": 0}, {"match": {"path": "pulls/1$", "method": "GET"}, "kind": "status", "status": 403, "times": 0}]'
before=$(writes)
run deploy-model
want 3 'not allowed (403)'
is "$(writes)" "$before" writes
world_fault off
replaced
rests '18 waiting for review'
one

t 'labels and reviewers are asked for with each request'
place 'labels: [ml]'
proposes
does verb=label-request
another
replaced
does verb=label-request
rests '18 waiting for review'
is "$(forge_state '[.pulls[].labels[]]')" '["ml","ml"]' 'labels'
one

t 'merged late: the older one, while the newer one is being pushed'
place
proposes
another
forge_pull 1 merge '{"method": "squash"}'
proposes
rests '18 waiting for review'
forge_state '.pulls[-1].body' | grep -qF "$WAS" || wrong 'live is not named'
forge_pull 2 merge '{"method": "squash"}'
rests '9 git names the newest model'
one

t 'merged between the look and our close: it is merged, and settled'
place
proposes
another
between '{"path": "pulls/1$", "method": "PATCH"}' 1 \
    forge_pull 1 merge '{"method": "squash"}'
elapse '1 minute'
run deploy-model
while [ "$RC" -eq 0 ] && grep -q end=done "$TMP/err"; do
	elapse '1 minute'
	run deploy-model
done
want 0 end=settled '18 waiting for review'
one

t 'closed unmerged: that model is held, also without its text; newer ones are not'
place
proposes
forge_pull 1 edit '{"body": "no"}'
forge_pull 1 close
idle 2 "$MODEL was rejected: request #1 was closed unmerged"
another
proposes
forge_pull 2 close
idle 2 "$WAS was rejected" "$MODEL was rejected"
forge_pull 2 reopen
rests '18 waiting for review'
one

t 'the newer one is held: the older one is proposed again, from its branch'
place
proposes
another
replaced
printf '  hold: [{model: %s, reason: "slow"}]\n' "$MODEL" >>"$W/model.yaml"
does 'row="13 request of another branch" verb=close-request' verb=open-request
is "$(pull .head)" "$(branch "$WAS")" 'head'
rests '18 waiting for review'
one

t 'nothing to propose: the request is closed'
place
proposes
printf '  hold: [{model: "*", reason: "incident"}]\n' >>"$W/model.yaml"
does verb=close-request
idle 2 'incident'
one

t 'the branch is deleted while its request is open'
place
proposes
forge delete_branch "{\"repo\": \"ml/config\", \"branch\": \"$(branch)\"}"
idle 2 'was rejected'
another
proposes
rests '18 waiting for review'
one

t '"Update branch" is no commit of a person'
place
proposes
forge_push main README.md 'unrelated' >/dev/null
forge_pull 1 update
rests '18 waiting for review'
another
replaced
one

t 'a text that a person changed to the newer model: the branch decides'
place
proposes
WAS=$MODEL
another
forge_pull 1 edit "$(forge_state .pulls[-1] | jq -c --arg a "$WAS" \
    --arg b "$MODEL" '{body: (.body | gsub($a; $b))}')"
replaced
rests '18 waiting for review'

t 'the key is set while a request from head itself is open: it makes way'
hub
proposes
is "$(pull .head)" auto-update 'head'
another
does verb=neutralize-request
forge repository '{"repo": "ml/config", "noForce": ["auto-update"]}'
run deploy-model
want 3 end=failed 'was refused' 'spec.config.git.force to false'
sed -i 's|cache: cache,|cache: cache, force: false,|' "$W/model.yaml"
elapse '20 minutes'
replaced
rests '18 waiting for review'
branches main auto-update "$(branch)"
one

t 'rejected on head itself, before the key was set: it stays rejected'
hub
proposes
forge_pull 1 close
sed -i 's|cache: cache,|cache: cache, force: false,|' "$W/model.yaml"
idle 2 "$MODEL was rejected"

t 'pointed at another base, and somebody else'"'"'s from our branch'
place
proposes
forge_push other README.md 'x' '{"start": "main"}' >/dev/null
forge_pull 1 edit '{"base": "other"}'
another
idle 2 '11 request goes elsewhere' '#1 goes to other'
forge_pull 1 close
does verb=push
forge open "{\"repo\": \"ml/config\", \"head\": \"$(branch)\", \"by\": \"eve\", \"title\": \"mine\"}"
idle 2 "11 somebody's request" '#2 of eve'
forge_pull 2 close
does verb=open-request
rests '18 waiting for review'

t 'requests and branches of others that begin alike are nobody'"'"'s'
place
forge_push auto-update-mine README.md 'x' '{"start": "main"}' >/dev/null
forge open '{"repo": "ml/config", "head": "auto-update-mine", "by": "bot[bot]", "title": "mine"}'
does verb=push verb=open-request
rests '18 waiting for review'

t 'into a fork, as the user of a token'
place
to_fork bot/config
forge repository '{"repo": "bot/config", "noForce": ["auto-update*"]}'
proposes
another
replaced
is "$(pull .headRepo)" bot/config 'head'
forge_pull 2 merge '{"method": "merge"}'
rests '9 git names the newest model'
one

t 'the first version of the protocol'
place
forge repository '{"repo": "ml/config", "protocol": 0}'
proposes
another
replaced
rests '18 waiting for review'
one

t 'a settled run has the exchanges of one branch, a waiting one a list more'
place
proposes
run deploy-model
world_ctl DELETE /record >/dev/null
run deploy-model
want 0 '18 waiting for review'
is "$(world_record '.method + " " + .path' | sed 's/[0-9]\{2,\}/N/' | sort | tr '\n' ' ')" \
    '"GET /api/v3/repos/ml/config/installation" "GET /api/v3/repos/ml/config/pulls" "GET /api/v3/repos/ml/config/pulls" "GET /api/v3/repos/ml/config/pulls" "GET /api/v3/repos/ml/config/pulls/1" "POST /api/v3/app/installations/N/access_tokens" "POST /ml/config.git/git-upload-pack" ' \
    'exchanges of a waiting run'
forge_pull 1 merge '{"method": "squash"}'
run deploy-model
world_ctl DELETE /record >/dev/null
rests '9 git names the newest model'
is "$(world_record '.path' | grep -c pulls)" 2 'lists'
finish_all
