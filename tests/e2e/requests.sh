#!/bin/sh
# The life of the one pull request, on a simulated GitHub with real git
# behind it, and people who act in between.
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

t 'the whole life: push, open, waiting, merged (squash), settled'
hub
proposes
is "$(pull .title)" "issues: update the model to $MODEL" 'title'
is "$(pull .user)" 'bot[bot]' 'author'
is "$(forge_state '[.opened, (.pushes | length)]')" '[1,2]' 'opened, pushes'
rests '18 waiting for review'
forge_pull 1 merge '{"method": "squash"}'
rests '9 git names the newest model'
unharmed

t 'after the squash the branch is used again, and no phantom is opened'
another
does verb=push verb=open-request
is "$(pull .number)" 2 'number'
is "$(forge_state .opened)" 2 'opened'
forge_pull 2 merge '{"method": "rebase"}'
rests '9 git names the newest model'
another
proposes
forge_pull 3 merge '{"method": "merge"}'
rests '9 git names the newest model'
unharmed

t 'a newer model while it is open: neutral text, push, true text'
hub
proposes
another
does verb=neutralize-request
is "$(pull .title)" 'issues: the model is being updated' 'title'
does 'row="14 branch names another" verb=push' 'verb=edit-request'
is "$(pull .title)" "issues: update the model to $MODEL" 'title'
is "$(forge_state .opened)" 1 'opened'
rests '18 waiting for review'
unharmed

t 'a person'"'"'s commit on the branch: hands off, until it is closed'
forge_push auto-update README.md 'a note' >/dev/null
another
idle 2 '11 branch held' 'A Person'
forge_pull 1 close
another
does verb=push verb=open-request
unharmed

t 'a push between the look and our own close: the commit stays'
hub
proposes
printf '  hold: [{model: "*", reason: "incident"}]\n' >>"$W/model.yaml"
between '{"path": "pulls/1$", "method": "PATCH"}' 1 \
    forge_push auto-update README.md 'just in time'
late=$SAID
is "$(pull .state)" closed 'state'
sed -i '/^  hold:/d' "$W/model.yaml"
elapse '1 minute'
idle 2 'row="11 branch held"' 'A Person'
another
idle 2 'row="11 branch held"' 'A Person'
is "$(forge_state '.repositories["ml/config"].branches["auto-update"]')" \
    "\"$late\"" 'the branch'
forge delete_branch '{"repo": "ml/config", "branch": "auto-update"}'
proposes
rests '18 waiting for review'
unharmed

t '"Update branch" is no commit of a person'
hub
proposes
forge_push main README.md 'unrelated' >/dev/null
forge_pull 1 update
rests '18 waiting for review'
another
does verb=neutralize-request verb=push verb=edit-request
unharmed

t 'closed unmerged: that model is held, visibly; a newer one is proposed'
hub
proposes
forge_pull 1 close
idle 2 "$MODEL was rejected: request #1 was closed unmerged"
another
does verb=push verb=open-request
is "$(forge_state .opened)" 2 'opened'

t 'closed while its text was neutral: both models are held'
another
does verb=neutralize-request
forge_pull 2 close
idle 2 "$MODEL was rejected" "$WAS was rejected"

t 'closed when the model that it was opened for is deleted: held all the same'
hub
proposes
another
does verb=neutralize-request verb=push verb=edit-request
rm -r "$W/models/models/$WAS"
rests '18 waiting for review'
forge_pull 1 close
idle 2 "$MODEL was rejected: request #1 was closed unmerged"

t 'closed before forty others, and one that changes while they are read'
hub
proposes
forge_pull 1 close
for i in $(seq 2 41); do
	forge open '{"repo": "ml/config", "head": "auto-update", "by": "bot[bot]"}'
	forge_pull "$i" close
done
idle 2 "$MODEL was rejected: request #1 was closed unmerged"
# shellcheck disable=SC2317 # by between
commented()
{
	elapse '1 minute'
	forge_pull 1 comment '{"body": "why?"}'
}
before=$(writes)
between '{"path": "pulls$", "method": "GET", "nth": 3}' 1 commented
want 1 'closed pull requests changed while they were read'
is "$(writes)" "$before" 'writes'
idle 2 "$MODEL was rejected: request #1 was closed unmerged"

t 'reopened by a person: it is the proposal again'
hub
proposes
forge_pull 1 close
idle 2 'was rejected'
forge_pull 1 reopen
rests '18 waiting for review'

t 'closed between the look and the new text: it stays closed'
hub
proposes
another
between '{"path": "pulls/1$", "method": "PATCH"}' 1 forge_pull 1 close
is "$(pull .state)" closed 'state'
elapse '1 minute'
idle 2 "$MODEL was rejected" "$WAS was rejected"
unharmed

t 'merged while a run looks: no empty one is opened'
hub
proposes
elapse '20 minutes'
between '{"path": "pulls$", "method": "GET"}' 2 \
    forge_pull 1 merge '{"method": "rebase"}'
want 0 'end=settled row="10 merged meanwhile"'
rests '9 git names the newest model'
unharmed

# back: the base branch is reset to where it was before the merge
back()
{
	forge_git "$FORGE_BARE" update-ref refs/heads/main "$main"
}

# undone HOW [JSON [PROPOSAL]]: merged so, and the base branch reset
undone()
{
	hub "${3:-}"
	proposes
	main=$(forge_git "$FORGE_BARE" rev-parse main)
	forge_pull 1 merge "{\"method\": \"$1\"${2:-}}"
	back
	rests '10 merged meanwhile'
	elapse '16 minutes'
	idle 2 "$MODEL was rolled back: request #1 for it was merged"
}

t 'merged, and the base branch reset to before that: held, and told'
undone squash
another
proposes
unharmed

t 'the same, and the branch is gone: by whoever merged it, by us'
undone rebase ', "delete": true'
another
proposes
unharmed
hub 'deleteBranch: true'
proposes
main=$(forge_git "$FORGE_BARE" rev-parse main)
forge_pull 1 merge '{"method": "squash"}'
does verb=delete-branch
rests '9 git names the newest model'
back
rests '10 merged meanwhile'
elapse '16 minutes'
idle 2 "$MODEL was rolled back: request #1 for it was merged"
another
proposes
unharmed

t 'the branch stays while base may be behind its merge'
undone squash '' 'deleteBranch: true'
is "$(forge_state '.repositories["ml/config"].branches | keys')" \
    '["auto-update","main"]' 'branches'

t 'reset, and a person wants the same model again: an override'
for how in merge squash; do
	undone "$how"
	cat >>"$W/model.yaml" <<-X
	  override: [{model: $MODEL, skip: [hold], by: ada, reason: "it was the network"}]
	X
	does verb=open-request
	is "$(pull .number)" 2 'number'
	rests '18 waiting for review'
	forge_pull 2 merge "{\"method\": \"$how\"}"
	rests '9 git names the newest model'
	unharmed
done
undone squash ', "delete": true'
cat >>"$W/model.yaml" <<-X
  override: [{model: $MODEL, skip: [hold], by: ada, reason: "it was the network"}]
X
proposes
rests '18 waiting for review'
unharmed

t 'merged while its text named none: it was merged all the same'
hub
proposes
another
does verb=neutralize-request verb=push
rm -r "$W/models/models/$WAS"
main=$(forge_git "$FORGE_BARE" rev-parse main)
forge_pull 1 merge '{"method": "squash"}'
back
rests '10 merged meanwhile'
elapse '16 minutes'
idle 2 "$MODEL was rolled back: request #1 for it was merged"

t 'merged, and base is named in a new place: that is proposed, once'
hub
proposes
forge_pull 1 merge '{"method": "squash"}'
elapse '16 minutes'
rests '9 git names the newest model'
sed -i 's|fields: \[|&{file: deployment/base/more.yaml, path: MODEL}, |' \
    "$W/model.yaml"
forge_push main deployment/base/more.yaml 'MODEL: notavlidmodel
' >/dev/null
proposes
rests '18 waiting for review'
forge_pull 2 merge '{"method": "squash"}'
rests '9 git names the newest model'
unharmed

t 'a list that is behind: what was merged is not withdrawn'
hub
proposes
forge_pull 1 merge '{"method": "squash"}'
world_fault '{"match": {"path": "pulls$", "method": "GET"}, "kind": "stale", "times": 2}'
rests '9 git names the newest model'
world_fault off
unharmed

t 'base names it by hand: the request would change nothing and is closed'
hub
proposes
forge_file auto-update deployment/Kptfile >"$TMP/k"
for f in deployment/Kptfile deployment/base/config.yaml deployment/base/env.yaml; do
	forge_push main "$f" "$(forge_file auto-update "$f")
" >/dev/null
done
does verb=close-request
is "$(pull .state)" closed 'state'
pull .body | grep -q Withdrawn || wrong 'the body does not say so'
rests '9 git names the newest model'

t 'our own close is no verdict: rolled back, the next one is proposed'
another
does verb=push verb=open-request
unharmed

t 'rolled back by a person whose name is no UTF-8: said, and withdrawn'
hub
proposes
forge_pull 1 merge '{"method": "squash"}'
tree=$(forge_git "$FORGE_BARE" rev-parse 'main~1^{tree}')
c=$(GIT_AUTHOR_NAME=$(printf 'Ren\351') git -C "$FORGE_BARE" \
    -c i18n.commitEncoding=ISO-8859-1 commit-tree "$tree" -p main -m Revert)
forge_git "$FORGE_BARE" update-ref refs/heads/main "$c"
idle 2 "$MODEL was rolled back" 'Ren'
another
does verb=push verb=open-request
printf '  hold: [{model: %s, reason: "slow"}]\n' "$MODEL" >>"$W/model.yaml"
does verb=close-request
is "$(pull .state)" closed 'state'
pull .body | grep -q 'of Ren' || wrong 'the body does not say whose'
idle 2 "$WAS was rolled back"

t 'a new text that was lost is not called done'
hub
proposes
forge_pull 1 merge '{"method": "squash"}'
another
proposes
for f in deployment/Kptfile deployment/base/config.yaml deployment/base/env.yaml; do
	forge_push main "$f" "$(forge_file main "$f" | sed "s/$WAS/notavlidmodel/")
" >/dev/null
done
world_fault '{"match": {"path": "pulls/2$", "method": "PATCH"}, "kind": "cut-before", "times": 1}'
run deploy-model
want 1 verb=edit-request
world_fault off
elapse '1 minute'
does 'was cut short and changed nothing' verb=edit-request verb=push
rests '18 waiting for review'

t 'a deletion whose reply was lost is called done'
hub 'deleteBranch: true'
proposes
forge_pull 1 merge '{"method": "squash"}'
world_fault '{"match": {"path": "receive-pack", "method": "POST"}, "kind": "cut-after", "times": 1}'
run deploy-model
want 1 verb=delete-branch
world_fault off
elapse '1 minute'
does 'was done'
rests '9 git names the newest model'

t 'rolled back by a revert: not proposed again, a newer one is'
hub
proposes
forge_pull 1 merge '{"method": "squash"}'
another
proposes
forge_pull 2 merge '{"method": "squash"}'
forge_pull 2 revert
idle 2 "$MODEL was rolled back"
another
does verb=push verb=open-request
unharmed

t '100 unrelated commits on base: nothing is written'
hub
proposes
for i in $(seq 1 100); do
	echo "$i" >"$W/work/README.md"
	forge_git "$W/work" -c user.name=x read-tree main >/dev/null 2>&1
	tree=$(forge_git "$W/work" rev-parse "main^{tree}")
	c=$(forge_git "$W/work" commit-tree "$tree" -p main -m "$i")
	forge_git "$W/work" update-ref refs/heads/main "$c"
done
rests '18 waiting for review'

t 'a marked file changed on base: refreshed by one push, the text stays'
forge_file main deployment/base/env.yaml >"$TMP/env"
forge_push main deployment/base/env.yaml "$(cat "$TMP/env")
# changed
" >/dev/null
does 'row="17 refresh" verb=push'
rests '18 waiting for review'
forge_file auto-update deployment/base/env.yaml | grep -q '# changed' ||
    wrong 'the branch is not on the new base'
unharmed

t 'strangers with our marker, from a fork and from here, are no verdict'
hub
forge fork '{"repo": "ml/config", "to": "eve/config"}'
jq -n --arg b "<!-- modelsync {\"version\":1,\"model\":\"$MODEL\"} -->" \
    '{repo: "eve/config", branch: "auto-update", files: {"README.md": "x"}}' \
    >"$TMP/push"
forge push "@$TMP/push"
jq -n --arg b "<!-- modelsync {\"version\":1,\"model\":\"$MODEL\"} -->" \
    '{repo: "ml/config", head: "eve:auto-update", by: "eve", title: "mine", body: $b}' \
    >"$TMP/open"
forge open "@$TMP/open"
forge_pull 1 close
forge_push topic README.md 'x' '{"start": "main"}' >/dev/null
jq -n --arg b "<!-- modelsync {\"version\":1,\"model\":\"$MODEL\"} -->" \
    '{repo: "ml/config", head: "topic", by: "eve", title: "mine", body: $b}' \
    >"$TMP/open"
forge open "@$TMP/open"
proposes
is "$(pull .number)" 3 'number'
rests '18 waiting for review'

t 'pointed at another base by a person: held, and no second one is opened'
hub
proposes
forge_push other README.md 'x' '{"start": "main"}' >/dev/null
forge_pull 1 edit '{"base": "other"}'
idle 2 '11 request goes elsewhere' '#1 goes to other'
another
idle 2 '11 request goes elsewhere'
unharmed
forge_pull 1 edit '{"base": "main"}'
does verb=neutralize-request verb=push verb=edit-request
unharmed

t 'somebody else opened one from our branch: held until it is gone'
hub
does verb=push
forge open '{"repo": "ml/config", "head": "auto-update", "by": "eve", "title": "mine"}'
idle 2 "11 somebody's request" '#1 of eve'
forge_pull 1 close
does verb=open-request
rests '18 waiting for review'
unharmed

t 'somebody else'"'"'s from before: the branch is not moved beneath it'
hub
does verb=push
forge open '{"repo": "ml/config", "head": "auto-update", "by": "eve", "title": "mine"}'
another
idle 2 "11 somebody's request" '#1 of eve'
forge_pull 1 close
proposes
rests '18 waiting for review'
unharmed

t 'a person'"'"'s words in title and body stay, unless they name another model'
hub
proposes
forge_pull 1 edit "$(jq -n --arg b "$(forge_state '.pulls[-1].body' | jq -r .)" \
    '{title: "please review", body: ("Looks good to me.\n" + $b)}')"
rests '18 waiting for review'
forge_pull 1 edit '{"title": "use issues-000000000000"}'
rests '18 waiting for review'
forge_pull 1 edit '{"body": "nothing"}'
does verb=edit-request
rests '18 waiting for review'

t 'labels, reviewers, auto-merge: once, each a run; the branch goes at the end'
hub
forge repository '{"repo": "ml/config", "collaborators": ["ada"], "teams": ["owners"]}'
cat >>"$W/model.yaml" <<-X
      labels: [ml, bot]
      reviewers: [ada, ml/owners]
      autoMerge: squash
      deleteBranch: true
X
proposes
does verb=label-request verb=review-request verb=automerge-request
rests '18 waiting for review'
is "$(forge_state '[.pulls[-1].labels[]] | sort')" '["bot","ml"]' 'labels'
is "$(pull '.auto != null')" true 'auto-merge'
forge_pull 1 edit '{"labels": []}'
rests '18 waiting for review'
forge_pull 1 merge '{"method": "squash"}'
does verb=delete-branch
rests '9 git names the newest model'
is "$(forge_state '.repositories["ml/config"].branches | keys')" '["main"]' \
    'branches'

t 'by hand: --catch-up does all of it, -n none of it'
hub
before=$(writes)
run deploy-model -n
want 2 'end=plan'
shows 'push'
is "$(writes)" "$before" 'writes of a dry run'
forge app '{"id": 71, "permissions": {"contents": "read", "pull_requests": "read"}}'
run deploy-model -n
want 2 'end=plan'
forge app '{"id": 71, "permissions": {"contents": "write", "pull_requests": "write"}}'
run deploy-model -C
want 0 'end=settled' '18 waiting for review'
is "$(forge_state .opened)" 1 'opened'

t 'as the user of a token, into a fork'
forked bot/config
proposes
is "$(pull .headRepo)" bot/config 'head'
is "$(pull .user)" bot 'author'
rests '18 waiting for review'
another
does verb=neutralize-request verb=push verb=edit-request
forge_pull 1 merge '{"method": "merge"}'
rests '9 git names the newest model'
unharmed

t 'a branch that a person made under our name is left alone'
hub
forge_push auto-update README.md 'mine' >/dev/null
idle 2 '11 branch held' 'A Person'

t 'the branch is deleted while its request is open: it is made again'
hub
proposes
forge delete_branch '{"repo": "ml/config", "branch": "auto-update"}'
run deploy-model
[ "$RC" -le 2 ] || wrong 'broken'
unharmed

t 'links of the document are in the text, with the name of the generation'
hub '
    links:
    - {title: Notebook, url: "https://example.com/{generation}/notebook.html"}'
proposes
pull .body | grep -qF "[Notebook](https://example.com/$MODEL/notebook.html)" ||
	wrong 'no link'

t 'killed without a cache: the next run takes away what it left'
hub
sed -i 's|cache: cache, ||' "$W/model.yaml"
mkdir "$W/tmp"
world_fault '{"match": {"path": "pulls$"}, "kind": "hold", "times": 1}'
TMPDIR=$W/tmp "$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>"$TMP/err" &
pid=$!
world_held 1 >/dev/null
kill -KILL "$pid"
wait "$pid"
world_fault off
is "$(find "$W/tmp" -mindepth 1 -maxdepth 1 | wc -l)" 1 'left by the killed one'
TMPDIR=$W/tmp run deploy-model
want 0 end=done verb=push
is "$(find "$W/tmp" -mindepth 1 -maxdepth 1 | wc -l)" 0 'left'

t 'a fork whose URL ends in a slash: its request is known'
for end in .git/ / //; do
	forked bot/config $end
	proposes
	rests '18 waiting for review'
	another
	does verb=neutralize-request verb=push verb=edit-request
	unharmed
done

t 'a fork of no OWNER/NAME is refused before anything is pushed'
hub
sed -i "s|url: \"$FORGE_GIT\",|url: \"$FORGE_GIT\", push: {url: \"$WORLD_URL/scm/bot/config.git\"},|" \
    "$W/model.yaml"
idle 3 'spec.config.git.push.url' 'OWNER/NAME'

t 'a fork of the same owner is told apart by its name'
forked ml/config-bot
# An old branch of ours in the repository itself is not what is proposed.
forge_push auto-update README.md 'old' >/dev/null
proposes
is "$(pull .headRepo)" ml/config-bot 'head'
rests '18 waiting for review'
another
does verb=neutralize-request verb=push verb=edit-request
unharmed

t 'a fork that was renamed: nothing is pushed under the old text'
forked bot/config
forge fork '{"repo": "ml/config", "to": "bot/config-2"}'
jq -n '{repo: "bot/config-2", branch: "auto-update", files: {"README.md": "x"}}' \
    >"$TMP/push"
forge push "@$TMP/push"
forge open '{"repo": "ml/config", "head": "bot:auto-update",
    "headRepo": "bot/config-2", "by": "bot", "title": "ours"}'
idle 2 '11 request goes elsewhere' '#1 is from bot/config-2, not from bot/config' \
    'config.git.push.url'
another
idle 2 '11 request goes elsewhere'
sed -i 's|bot/config.git|bot/config-2.git|' "$W/model.yaml"
idle 2 '11 branch held'
unharmed

t 'a rejection counts after the fork was deleted, and from another name'
forked bot/config
proposes
forge_pull 1 close
forge repository '{"repo": "bot/config", "deleted": true}'
forge fork '{"repo": "ml/config", "to": "bot/config"}'
idle 2 "$MODEL was rejected: request #1 was closed unmerged"
forge fork '{"repo": "ml/config", "to": "bot/config-2"}'
sed -i 's|bot/config.git|bot/config-2.git|' "$W/model.yaml"
idle 2 "$MODEL was rejected: request #1 was closed unmerged"
unharmed
t 'auto-merge where nothing is left to wait for: said, and not forgotten'
hub
forge repository '{"repo": "ml/config", "autoMerge": "clean"}'
cat >>"$W/model.yaml" <<-X
      labels: [ml]
      autoMerge: squash
X
proposes
does verb=label-request
for _ in 1 2 3; do
	run deploy-model
	want 3 end=failed verb=automerge-request 'clean status' \
	    'nothing that main requires is left to wait for' 'merge it by hand'
	elapse '1 minute'
done
rests '18 waiting for review' 'auto-merge could not be set'
grep -q 'labels could not' "$TMP/err" && wrong 'the labels are there'
forge_pull 1 merge '{"method": "squash"}'
rests '9 git names the newest model'
unharmed
finish_all
