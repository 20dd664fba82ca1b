#!/bin/sh
# Training by a notebook, really run: what is left of it, and how it ends.
# shellcheck disable=SC2119,SC2120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
runner=$top/manifests/notebook/run-notebook
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# 35 MB, half a minute: for this test alone, so it asks for them itself.
"$top/tests/setup" python3-nbclient jupyter-nbconvert python3-ipykernel \
    >"$TMP/out" 2>&1
# A trainer's python3 need not be the one that Debian's packages are for.
trainers='PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8'
# shellcheck disable=SC2086
env -i $trainers python3 -c 'import nbclient, nbconvert, ipykernel' \
    2>"$TMP/err" || {
	echo "skip training by a notebook: $(tail -n 1 "$TMP/err")"
	exit 0
}
# shellcheck disable=SC2086
env -i $trainers python3 -c 'import papermill' 2>"$TMP/err" ||
	echo 'skip papermill: not here (Debian has none); nbclient ran all'

# notebook FILE SOURCE...: one with these code cells; the first are its
# parameters.
notebook()
{
	file=$1
	shift
	for source; do
		jq -n --arg s "$source" '{cell_type: "code", source: $s,
		    metadata: {}, outputs: [], execution_count: null}'
	done | jq -s '.[0].metadata = {tags: ["parameters"]} | {nbformat: 4,
	    nbformat_minor: 4, cells: ., metadata: {kernelspec: {
	    name: "python3", language: "python", display_name: "Python"}}}' \
	    >"$file"
}

# world_of WORDS: train-model's world, its trainer run-notebook with these.
world_of()
{
	world
	sed -i "s|\[fit-labels\]|[$runner, $1]|" "$W/model.yaml"
	run train-model
	want 0 verb=build
}

# alone WORD...: run-notebook by itself, in a trainer's environment and an
# empty folder; what it makes is in $O.
alone()
{
	O=$(mktemp -d "$TMP/output-XXXXXX")
	# shellcheck disable=SC2086
	(cd "$O" && exec env -i $trainers HOME="$O" TMPDIR="$O" ${MORE:-} \
	    MODELSYNC_DATASET=/nowhere MODELSYNC_OUTPUT="$O" \
	    MODELSYNC_GENERATION=issues-0123456789ab \
	    MODELSYNC_NAME="${NAME:-issues}" "$runner" "$@") \
	    >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

# page FOLDER TEXT...: its notebook.html, as one reads it, has these.
page()
{
	sed 's/<style.*//; s/<[^>]*>//g; s/&#39;/'"'"'/g; s/&quot;/"/g' \
	    "$1/notebook.html" >"$TMP/page" || wrong 'no notebook.html'
	shift
	for text; do
		grep -qF -- "$text" "$TMP/page" || wrong "no \"$text\" rendered"
	done
}

t 'a notebook trains a model, and is kept beside it'
world_of "-t, 40s, train.ipynb, 'fit_labels=$(realpath "$BIN")/fit-labels'"
run train-model
want 0 verb=train end=done
made=$(echo "$W"/models/models/issues-*)
is "$(find "$made" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" \
    'classifier evaluation.json manifest.json notebook.html notebook.ipynb trainer.log ' \
    'the folder of the model'
page "$made" "${made##*/}: trained on 76 issues" '4 of 4 labels are on' \
    'There is none.' 'kind/feature'
grep -q 'Did not' "$TMP/page" && wrong 'said to have failed'
grep -qF '4 of 4 labels are on' "$made/trainer.log" || wrong 'not in the log'
run train-model
want 0 end=settled
run deploy-model
want 0 verb=push
is "$(on auto-update deployment/base/env.yaml)" \
    "env: {MODEL: ${made##*/}}" 'what is proposed'

t 'the next one is shown beside the model before it'
events 24 97 6 >"$W/events/2.json"
later '25 hours'
run train-model
want 0 verb=build
run train-model
want 0 verb=train end=done
next=$(find "$W/models/models" -mindepth 1 -maxdepth 1 ! -path "$made")
page "$next" 'Beside earlier models' "${made##*/}"

t 'a cell fails: an attempt has failed, and what was reached is rendered'
notebook "$TMP/fails.ipynb" 'name = "x"' 'print("as far", "as this")' \
    'raise ValueError("no <b>luck")' 'print("ne", "ver")'
world_of "$TMP/fails.ipynb"
run train-model
want 1 'ended with exit 1'
made=$(echo "$W"/models/failed/issues-*)
page "$made" 'as far as this' 'ValueError' \
    'Did not end well: In [4]: ValueError: no &lt;b&gt;luck'
grep -q 'ne ver' "$TMP/page" && wrong 'a cell behind it ran'
grep -qF 'run-notebook: In [4]: ValueError' "$made/trainer.log" ||
	wrong 'not in the log'
is "$(count models)" 0 models
run train-model
want 0 'row="10 '

t 'a trainer that fails: its exit status is that of the notebook'
alone train.ipynb fit_labels=/bin/false
want 1 "No such file or directory: '/nowhere/manifest.json'"
notebook "$TMP/exits.ipynb" '' 'import sys; sys.exit(7)'
alone "$TMP/exits.ipynb"
want 7 'SystemExit: 7'
page "$O" SystemExit
notebook "$TMP/ends.ipynb" '' 'import sys; sys.exit(0)' 'raise ValueError()'
alone "$TMP/ends.ipynb"
want 0
notebook "$TMP/dies.ipynb" '' 'print("be", "fore")' \
    'import os; os.kill(os.getpid(), 9)'
alone "$TMP/dies.ipynb"
want 1 'DeadKernelError'
page "$O" 'be fore' 'Did not end well: DeadKernelError'

t 'a kernel, a notebook, an argument that is not there: exit 3'
world_of "-k, nowhere, $TMP/fails.ipynb"
run train-model
want 1 'ended with exit 3'
made=$(echo "$W"/models/failed/issues-*)
page "$made" 'Did not end well: NoSuchKernel'
grep -q 'run-notebook: NoSuchKernel.*nowhere' "$made/trainer.log" ||
	wrong 'not in the log'
alone nowhere.ipynb
want 3 'nowhere.ipynb: no such notebook'
echo '{"cells": 3' >"$TMP/garbage.ipynb"
alone "$TMP/garbage.ipynb"
want 3 'no notebook'
alone "$TMP/fails.ipynb" generation=other
want 3 'expected NAME=VALUE'
alone -t 5 "$TMP/fails.ipynb"
want 3 'expected as 90s'

t 'its time is over: what was reached is rendered, and nothing lives on'
nap="sleep $((1000000 + $$))"
notebook "$TMP/slow.ipynb" '' 'print("be", "fore")' \
    "import os; os.system('$nap')"
world_of "-t, 15s, $TMP/slow.ipynb"
run train-model
want 1 'ended with exit 1'
made=$(echo "$W"/models/failed/issues-*)
page "$made" 'be fore' 'Did not end well: time-out: not ended after 15 s'
alone -t 5s "$TMP/slow.ipynb"
want 1 'time-out'
is "$(pgrep -f "$nap")" '' 'still running'
is "$(find "$O" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" \
    'notebook.html notebook.ipynb ' 'left behind'

t 'told to end, it renders as well'
O=$(mktemp -d "$TMP/output-XXXXXX")
# shellcheck disable=SC2086
env -i $trainers HOME="$O" TMPDIR="$O" MODELSYNC_OUTPUT="$O" \
    MODELSYNC_GENERATION=a "$runner" "$TMP/slow.ipynb" \
    >"$TMP/out" 2>"$TMP/err" &
i=0
until pgrep -f "$nap" >"$TMP/pid" || [ "$i" -eq 60 ]; do
	sleep 0.5
	i=$((i + 1))
done
kill -TERM $!
wait $!
RC=$?
want 1 'stopped by SIGTERM'
page "$O" 'be fore' 'Did not end well: stopped by SIGTERM'
is "$(pgrep -f "$nap")" '' 'still running'

t 'parameters arrive as they are, and replace those of an earlier run'
notebook "$TMP/shows.ipynb" 'name = "x"; n = 1; text = "y"' \
    'print([name, n, text, generation, dataset])'
NAME="it's \"a\" \\n
{x}"
# shellcheck disable=SC2016
alone "$TMP/shows.ipynb" n=2 'text=$(id) {file}'
want 0
# shellcheck disable=SC2016
is "$(cat "$TMP/out")" "$(python3 -c 'import sys
print([sys.argv[1], 2, "$(id) {file}", "issues-0123456789ab", "/nowhere"])' \
    "$NAME")" 'as printed'
NAME=
cp "$O/notebook.ipynb" "$TMP/again.ipynb"
alone "$TMP/again.ipynb" n=3 text=z
is "$(grep -o "^.'issues', ., 'z'" "$TMP/out")" "['issues', 3, 'z'" 'again'
is "$(grep -c '"injected-parameters"' "$O/notebook.ipynb")" 1 'injected cells'

t 'copies: to a folder, by a command; the notebook has the last word'
mkdir "$TMP/mount"
alone --to "$TMP/mount" --upload "cp {file} $TMP/mount/{generation}-{name}" \
    "$TMP/exits.ipynb"
want 7
is "$(cd "$TMP/mount" && find . -type f | sort | tr '\n' ' ')" \
    './issues-0123456789ab-notebook.html ./issues-0123456789ab-notebook.ipynb ./issues-0123456789ab/notebook.html ./issues-0123456789ab/notebook.ipynb ' \
    copies
cmp -s "$O/notebook.html" "$TMP/mount/issues-0123456789ab/notebook.html" ||
	wrong 'the copy differs'
alone --upload false "$TMP/ends.ipynb"
want 1 CalledProcessError
alone --upload false "$TMP/exits.ipynb"
want 7 CalledProcessError
alone --to /proc/nowhere "$TMP/ends.ipynb"
want 1

t 'papermill runs it where there is one (a stand-in)'
mkdir "$TMP/modules"
cat >"$TMP/modules/papermill.py" <<'X'
import json


def execute_notebook(input_path, output_path, parameters=None,
                     kernel_name=None, progress_bar=True, start_timeout=60):
    with open(input_path) as f:
        book = json.load(f)
    book["cells"][0]["source"] = f"{parameters['text']} {kernel_name}"
    with open(output_path, "w") as f:
        json.dump(book, f)
X
MORE=PYTHONPATH=$TMP/modules
alone -k other "$TMP/shows.ipynb" text=hither
MORE=
want 0
page "$O" 'hither other'
finish_all
