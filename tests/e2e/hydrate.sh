#!/bin/sh
# Hydration: files that a program makes anew, in the commit of the model.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR="$TMP"

# hydrates SCRIPT [PATHS [DEADLINE]]: a world with a model to propose and a
# rendered copy, which a program of a few lines makes anew.
hydrates()
{
	world
	mkdir -p "$W/work/rendered/old"
	echo 'model: notavlidmodel' >"$W/work/rendered/model.yaml"
	echo 'left over' >"$W/work/rendered/old/file"
	ln -s model.yaml "$W/work/rendered/latest"
	git -C "$W/work" add .
	git -C "$W/work" commit -q -m 'Render'
	git -C "$W/work" push -q "$W/config.git" main
	hydrator "$1"
	sed -i "/^    placeholder:/a\\    hydrate: {command: [./hydrator, base], \
paths: [${2:-rendered}], deadline: ${3:-20s}}" "$W/model.yaml"
	run train-model -C
	gen=$(ls "$W/models/models")
}

hydrator()
{
	printf '#!/bin/sh\nset -e\n%s\n' "$1" >"$W/hydrator"
	chmod +x "$W/hydrator"
}

# refused RC TEXT...: the run ended so, and left nothing
refused()
{
	want "$@"
	is "$(tip auto-update)" '' 'the branch'
	is "$(find "$TMP" -maxdepth 1 -name 'modelsync-tree-*')" '' \
	    'left in TMPDIR'
}

# shellcheck disable=SC2016	# the program's own variables
RENDER='sed -n "s/.*MODEL: \(.*\)}/model: \1/p" deployment/$1/env.yaml \
    >rendered/model.yaml'

log()
{
	jq -r ".log | $1" "$W/leases/deploy-model-issues.json"
}

t 'a dry run says that the program would run, and runs nothing'
hydrates "echo ran >>$TMP/ran; $RENDER"
untouched deploy-model -n
want 2 'row="14 no branch proposes it"'
shows './hydrator hydrates, for at most 20s, ' "+env: {MODEL: $gen}"
[ ! -e "$TMP/ran" ] || wrong 'it ran'

t 'what it makes of the edited files is part of the one commit'
run deploy-model
want 0 verb=push './hydrator hydrates'
is "$(cat "$TMP/ran")" ran 'runs of the program'
is "$(on auto-update rendered/model.yaml)" "model: $gen" rendered
is "$(git -C "$W/config.git" rev-list --count main..auto-update)" 1 commits
is "$(git -C "$W/config.git" diff --name-status main auto-update |
    tr '\t\n' '  ')" 'M deployment/Kptfile M deployment/base/config.yaml M deployment/base/env.yaml M rendered/model.yaml ' 'what changed'
untouched deploy-model
want 0 'row="18 waiting for review"'
merge
untouched deploy-model
want 0 'row="9 git names the newest model"'
is "$(find "$TMP" -maxdepth 1 -name 'modelsync-tree-*')" '' 'left in TMPDIR'

t 'the same proposal is the same commit'
first=$(tip auto-update)
git -C "$W/config.git" update-ref refs/heads/main "$(tip main)^"
git -C "$W/config.git" update-ref -d refs/heads/auto-update
later '15 minutes'
run deploy-model
want 0 verb=push
is "$(tip auto-update)" "$first" 'the commit'

t 'files are added and removed, with their modes'
hydrates "$RENDER
rm -r rendered/old; mkdir -p rendered/new/er
echo tool >rendered/new/er/run; chmod +x rendered/new/er/run
echo sign >rendered-; mv rendered- rendered/sign"
run deploy-model
want 0 verb=push
is "$(git -C "$W/config.git" diff --raw main auto-update -- rendered |
    cut -d' ' -f1,2,5 | tr '\t\n' '  ')" ':100644 100644 M rendered/model.yaml :000000 100755 A rendered/new/er/run :100644 000000 D rendered/old/file :000000 100644 A rendered/sign ' 'raw diff'
git -C "$W/config.git" fsck --strict >"$TMP/out" 2>&1 || wrong fsck
git -C "$W/config.git" ls-tree auto-update rendered/latest |
    grep -q '^120000' || wrong 'the link'

t 'a path outside of those is refused and named'
for line in 'echo x >README' 'echo x >>deployment/base/config.yaml' \
    'rm deployment/Kptfile' 'chmod +x deployment/Kptfile'; do
	hydrates "$RENDER; $line"
	run deploy-model
	refused 3 'in none of the paths that may change'
	grep -qE '(README|deployment/base/config.yaml|deployment/Kptfile) ' \
	    "$TMP/err" || wrong 'no path named'
done

t 'a program that fails: its exit status and last words, escaped'
# shellcheck disable=SC2016
hydrates 'seq 100; printf "no \033[31mchart \"x\"\nlast line\n" >&2; exit 7'
run deploy-model
refused 3 'exit 7' 'no .[31mchart \"x\" | last line'
grep -q "$(printf '\033')" "$TMP/err" && wrong 'a control character'
is "$(log '"\(.intent) \(.outcomes[-1].result)"')" 'null failed' outcome
hydrator "$RENDER"
run deploy-model
want 0 verb=push

t 'a program that is overdue is killed, with all it started'
hydrates "setsid sleep 60 & echo \$! >$TMP/pid; sleep 60" rendered 1s
run deploy-model
refused 1 'still running at its deadline of 1s'
over "$(cat "$TMP/pid")" || wrong 'it lives'

t 'its time is on top of the deadline of the run'
hydrates "sleep 2; $RENDER"
run deploy-model --deadline 1s
want 0 verb=push

t 'a program that is not there is named before anything is done'
hydrates ''
rm "$W/hydrator"
untouched deploy-model -n
refused 3 hydrator 'no executable file'
untouched deploy-model
refused 3 hydrator 'no executable file'

t 'links, pipes, repositories and what is too big are refused'
for line in 'ln -s /etc/passwd rendered/p' 'ln -sf /etc rendered/latest' \
    'ln -sf /etc/passwd rendered/model.yaml' 'mkfifo rendered/p' \
    'mkdir -p rendered/x/.git' 'echo x >rendered/.git' \
    'truncate -s 65M rendered/p' 'rm rendered/latest'; do
	hydrates "$line"
	run deploy-model
	refused 3 'after hydration: rendered/'
done

t 'marked values that it makes anew must be the model'
hydrates "$RENDER
sed -i 's/MODEL: .*}/MODEL: another}/' deployment/base/env.yaml" \
    'rendered, deployment/base'
run deploy-model
refused 3 'deployment/base/env.yaml:1:14 name \"another\"'
hydrator 'sed -i "s/ #.*//" deployment/base/config.yaml'
run deploy-model
refused 3 'left 0 of 1 marked places in deployment/base/config.yaml'
hydrator 'rm deployment/base/config.yaml'
run deploy-model
refused 3 'left 0 of 1 marked places in deployment/base/config.yaml'
hydrator 'cp deployment/base/config.yaml deployment/base/copy.yaml
sed -i "s/model: \"[^\"]*/model: \"stray/" deployment/base/copy.yaml'
run deploy-model
refused 3 'deployment/base/copy.yaml:4:10 name \"stray\"'
hydrator 'echo "# made anew" >>deployment/base/env.yaml'
run deploy-model
want 0 verb=push
untouched deploy-model
want 0 'row="18 waiting for review"'

t 'what it gets: the folder, our words, and no secret'
SECRET=hidden GITHUB_TOKEN=hidden
export SECRET GITHUB_TOKEN
# shellcheck disable=SC2016
hydrates '{ env | sort; ls -a; ls -l /proc/self/fd; } >rendered/seen
[ "$PWD" != "$HOME" ] && [ -d "$HOME" ] && [ "$TMPDIR" = "$HOME" ]
[ ! -e .git ] && [ ! -e README.md ] && [ -x "$0" ]'
run deploy-model
want 0 verb=push
on auto-update rendered/seen >"$TMP/seen"
grep -q hidden "$TMP/seen" && wrong 'a secret'
grep -qE '/config\.git|model\.yaml|/models/' "$TMP/seen" && wrong 'a descriptor'
is "$(sed -n 's/^\([A-Z_]*\)=.*/\1/p' "$TMP/seen" | grep -vx _ | tr '\n' ' ')" \
    'HOME LANG MODELSYNC_GENERATION MODELSYNC_NAME PATH PWD TMPDIR ' environment
unset SECRET GITHUB_TOKEN

t 'without config.paths it gets the whole tree'
hydrates 'cp README.md rendered/readme'
sed -i '/^    paths:/d' "$W/model.yaml"
run deploy-model
want 0 verb=push
is "$(on auto-update rendered/readme)" '# configuration' 'the copy'

# shellcheck disable=SC2016
REACH='(: </dev/tcp/127.0.0.1/1) 2>/dev/null || :
grep : /proc/net/dev | tr -d " " | cut -d: -f1 >rendered/devices
if python3 -c "import socket, sys
socket.create_connection((\"127.0.0.1\", int(sys.argv[1])), 5)" \
    "$(cat "$(dirname "$0")/port")" 2>/dev/null
then echo reached; else echo alone; fi >rendered/network
[ "$(stat -c %u rendered)" = "$(id -u)" ] && id -u >rendered/user'

# A server on this machine that takes connections; its port in $TMP/port.
python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as f:
    print(s.getsockname()[1], file=f)
while True:
    s.accept()' "$TMP/port" &
AT_END="kill $! 2>/dev/null"
trap 'eval "$AT_END"; chmod -R u+rwX "$TMP"; rm -rf "$TMP"' EXIT
while [ ! -s "$TMP/port" ]; do sleep 0.05; done

if unshare -Un true 2>/dev/null; then
	t 'it reaches nobody, and is who it was'
	hydrates "$REACH"
	cp "$TMP/port" "$W/port"
	run deploy-model
	want 0 verb=push 'without a network'
	is "$(on auto-update rendered/network)" alone 'the network'
	is "$(on auto-update rendered/devices)" lo 'its devices'
	is "$(on auto-update rendered/user)" "$(id -u)" 'the user'
else
	echo 'skip a network of its own: the kernel allows none here'
fi

t 'where the kernel allows it no network of its own it runs, and that is said'
hydrates "$REACH"
cp "$TMP/port" "$W/port"
ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null \
    -e inject=unshare:error=EPERM "$BIN/deploy-model" -f "$W/model.yaml" \
    --now "$NOW" >"$TMP/out" 2>"$TMP/err"
RC=$?
want 0 verb=push "with this machine's network"
is "$(on auto-update rendered/network)" reached 'the network'

# updated COMMAND: a person merges base, where something else changed, into
# the proposal, with a change of their own
updated()
{
	hydrates "$RENDER; rm -r rendered/old; echo new >rendered/new"
	run deploy-model
	echo more >>"$W/work/README.md"
	git -C "$W/work" commit -q -am more
	git -C "$W/work" push -q "$W/config.git" main
	git -C "$W/work" fetch -q "$W/config.git" auto-update
	git -C "$W/work" checkout -q --detach FETCH_HEAD
	git -C "$W/work" merge -q --no-ff --no-commit main >/dev/null 2>&1
	(cd "$W/work" && eval "$1" && git add -A)
	git -C "$W/work" commit -q -m 'Update branch'
	git -C "$W/work" push -q "$W/config.git" HEAD:auto-update
}

t 'base merged into the proposal is no commit of a person'
updated :
untouched deploy-model
want 0 'row="18 waiting for review"'

t 'unless the merge has something else'
for line in 'echo x >rendered/new' 'rm rendered/new' 'echo x >rendered/x' \
    'chmod +x rendered/new' 'echo x >other' \
    'mkdir rendered/old; echo x >rendered/old/file'; do
	updated "$line"
	untouched deploy-model
	want 2 'row="11 branch held"'
done

# What it needs of the world of requests.
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/forge.sh
. "$(dirname "$0")/../forge.sh"
# shellcheck source=tests/hub.sh
. "$(dirname "$0")/../hub.sh"

t 'a repository on a server: the same, and its token stays ours'
# shellcheck disable=SC2119
hub
# shellcheck disable=SC2016
hydrator 'mkdir -p deployment/out; env >deployment/out/env
cp deployment/base/env.yaml deployment/out/'
sed -i "/^    placeholder:/a\\    hydrate: {command: [./hydrator], \
paths: [deployment/out]}" "$W/model.yaml"
run deploy-model -n
want 2 'hydrates'
proposes
is "$(git -C "$FORGE_BARE" show auto-update:deployment/out/env.yaml)" \
    "env: {MODEL: $MODEL}" 'rendered'
git -C "$FORGE_BARE" show auto-update:deployment/out/env | cut -d= -f1 |
    grep -qvE '^(HOME|LANG|PATH|PWD|OLDPWD|TMPDIR|_|MODELSYNC_.*)$' &&
    wrong 'more in its environment'
forge_push main README.md 'unrelated' >/dev/null
forge_pull 1 update
rests '18 waiting for review'
unharmed

t 'killed while it runs: nothing on the branch, and the next run converges'
hydrates "echo \$\$ >$TMP/running; sleep 60"
rm -f "$TMP/running"
"$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>/dev/null &
pid=$!
while [ ! -s "$TMP/running" ]; do sleep 0.05; done
run deploy-model
want 0 end=busy
killed deploy-model $pid "$(cat "$TMP/running")"
is "$(tip auto-update)" '' 'the branch'
is "$(find "$TMP" -maxdepth 1 -name 'modelsync-tree-*' | wc -l)" 1 'left over'
hydrator "$RENDER"
run deploy-model
want 0 verb=close 'was cut short'
run deploy-model
want 0 verb=push
is "$(on auto-update rendered/model.yaml)" "model: $gen" rendered
is "$(find "$TMP" -maxdepth 1 -name 'modelsync-tree-*')" '' 'left over'

t 'told to end while it runs: exit 1, and nothing is left'
hydrates "echo \$\$ >$TMP/running; sleep 60"
rm -f "$TMP/running"
"$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>"$TMP/err" &
pid=$!
while [ ! -s "$TMP/running" ]; do sleep 0.05; done
kill -TERM $pid
wait $pid
RC=$?
refused 1 'told to end'
is "$(log '"\(.intent) \(.outcomes[-1].result)"')" 'null lost' outcome

finish_all
