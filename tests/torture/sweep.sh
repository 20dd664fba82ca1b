#!/bin/sh
# Sweeps over the system calls of each step of the embedded run: killed at
# every one of them; then every one that writes fails once, for want of space
# or with an I/O error.  Run again until settled, the end must be the same:
# one model a generation, one commit, nothing half-written, nobody alive.
#
# STEP=n takes every nth point (1: all of them).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
STEP=${STEP:-1}
# No unlink: git moves a branch by link and unlink, and where the disk fails
# between them its lock stays; the next push names it.
WRITERS='write pwrite64 fsync fdatasync rename renameat2 mkdir link linkat
ftruncate openat chmod fchmod'

points=0
violations=0

# calls PROGRAM: the system calls of a run in this world, as "name count"
calls()
{
	strace -qq -o "$TMP/trace" "$BIN/$1" -f "$W/model.yaml" \
	    --now "$NOW" >/dev/null 2>"$TMP/err"
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$TMP/trace" | sort | uniq -c |
	    awk '$2 != "execve" && $2 !~ /^exit/ { print $2, $1 }'
}

# settle: both programs until neither does anything more
settle()
{
	for _ in 1 2 3 4 5 6 7 8 9; do
		run train-model
		[ "$RC" -eq 0 ] || return 1
		grep -q 'end=settled' "$TMP/err" || continue
		later '15 minutes'
		run deploy-model
		[ "$RC" -eq 0 ] || return 1
		grep -q 'end=settled' "$TMP/err" && return 0
	done
	return 1
}

# What must be true at the end, wherever the fault was.
check_end()
{
	is "$(count datasets) $(count models) $(count failed) $(count tmp)" \
	    '1 1 0 0' 'datasets, models, failed, tmp'
	is "$(git -C "$W/config.git" rev-list --count main..auto-update)" 1 \
	    'commits'
	is "$(find "$W/config.git" -name '*.lock')" '' 'lock files'
	git -C "$W/config.git" fsck --strict >"$TMP/fsck" 2>&1 ||
	    wrong 'fsck'
	pgrep -f "$W" >/dev/null && wrong 'somebody lives'
}

# What the world was like before the step.
save()
{
	rm -rf "$TMP/saved"
	cp -a "$W" "$TMP/saved"
	SAVED_NOW=$NOW
}

restore()
{
	rm -rf "$W"
	cp -a "$TMP/saved" "$W"
	NOW=$SAVED_NOW
}

# What git left behind was made at $NOW: the clock of files is another one.
date_locks()
{
	find "$W/config.git" -name '*.lock' -exec touch -d "$NOW" {} +
}

# point PROGRAM CALL N FAULT: one run with a fault, then to the end
point()
{
	restore
	strace -qq -o /dev/null -e inject="$2:$4:when=$3" \
	    "$BIN/$1" -f "$W/model.yaml" --now "$NOW" \
	    >/dev/null 2>"$TMP/err"
	RC=$?
	date_locks
	points=$((points + 1))
	t "$1: $4 at $2 $3"
	case $4,$RC in
	signal=KILL,137) ;;	# strace dies as its tracee did
	signal=KILL,*) wrong 'was not killed' ;;
	*,0 | *,1 | *,3 | *,127) ;;
	*) wrong 'neither went on nor failed' ;;
	esac
	settle || wrong 'does not settle'
	check_end
	[ "$bad" -eq 0 ] || violations=$((violations + 1))
	name=
}

# sweep STEP-NAME PROGRAM
sweep()
{
	save
	calls "$2" >"$TMP/calls"
	n=0
	while read -r call times; do
		k=0
		while [ "$k" -lt "$times" ]; do
			k=$((k + 1))
			n=$((n + 1))
			[ $((n % STEP)) -eq 0 ] || continue
			point "$2" "$call" "$k" signal=KILL
			echo "$WRITERS" | tr ' ' '\n' | grep -qx "$call" ||
			    continue
			point "$2" "$call" "$k" error=ENOSPC
			point "$2" "$call" "$k" error=EIO
		done
	done <"$TMP/calls"
	restore
	echo "     $1: $n system calls, every ${STEP}th"
}

# The trainer killed at each of its system calls: a failed attempt on the
# record, nothing of it among the models, and the next attempt succeeds.
sweep_trainer()
{
	save
	cat >"$TMP/trainer" <<-X
	#!/bin/sh
	exec strace -qq -o /dev/null -e inject="\$(cat $TMP/inject)" $BIN/fit-labels
	X
	chmod +x "$TMP/trainer"
	printf '#!/bin/sh\nexec strace -qq -o %s %s\n' "$TMP/trace" \
	    "$BIN/fit-labels" >"$TMP/traced"
	chmod +x "$TMP/traced"
	sed "s,\[fit-labels\],[$TMP/traced]," "$W/model.yaml" >"$W/bad.yaml"
	"$BIN/train-model" -f "$W/bad.yaml" --now "$NOW" 2>"$TMP/err"
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$TMP/trace" | sort | uniq -c |
	    awk '$2 != "execve" && $2 !~ /^exit/ { print $2, $1 }' \
	    >"$TMP/calls"
	n=0
	while read -r call times; do
		k=0
		while [ "$k" -lt "$times" ]; do
			k=$((k + 1))
			n=$((n + 1))
			[ $((n % STEP)) -eq 0 ] || continue
			point_trainer "$call" "$k"
		done
	done <"$TMP/calls"
	restore
	echo "     trainer: $n system calls, every ${STEP}th"
}

# point_trainer CALL N
point_trainer()
{
	restore
	points=$((points + 1))
	t "trainer: killed at $1 $2"
	echo "$1:signal=KILL:when=$2" >"$TMP/inject"
	sed "s,\[fit-labels\],[$TMP/trainer]," "$W/model.yaml" >"$W/bad.yaml"
	"$BIN/train-model" -f "$W/bad.yaml" --now "$NOW" 2>"$TMP/err"
	RC=$?
	want 1 'killed by signal 9'
	is "$(count models) $(count failed) $(count tmp)" '0 1 0' \
	    'models, failed, tmp'
	later '10 minutes'
	run train-model -C
	is "$(count models) $(count failed) $(count tmp)" '1 1 0' \
	    'models, failed, tmp at the end'
	[ "$bad" -eq 0 ] || violations=$((violations + 1))
	name=
}

world
sweep build train-model
run train-model
sweep train train-model
sweep_trainer
run train-model
sweep push deploy-model
# A run that closes what a killed one left, with its lock on the branch: before
# the branch was moved, and after.
save
for call in link unlink; do
	restore
	lock=$W/config.git/refs/heads/auto-update.lock
	strace -qq -o /dev/null -P "$lock" -e inject=$call:signal=KILL \
	    "$BIN/deploy-model" -f "$W/model.yaml" --now "$NOW" 2>/dev/null
	t "deploy-model killed at the $call of its lock leaves it"
	[ -e "$lock" ] || wrong 'no lock'
	finish
	date_locks
	cp -a "$TMP/saved" "$TMP/before"
	sweep "close after $call" deploy-model
	rm -rf "$TMP/saved"
	mv "$TMP/before" "$TMP/saved"
done

echo "     $points points, $violations violations"
[ "$violations" -ne 0 ] || echo "ok   sweep"
exit "$failed"
