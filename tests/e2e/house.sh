#!/bin/sh
# What the house does about itself: its walls and its demo.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
RC=
: >"$TMP/err"
top=$(cd "$(dirname "$0")/../.." && pwd)

t 'walls without objects to look at do not stand'
mkdir -p "$TMP/house/tests"
cp "$top/tests/rooms" "$TMP/house/tests/"
cp -R "$top/lib" "$top/cmd" "$top/cronjobs" "$TMP/house/"
sh "$TMP/house/tests/rooms" >"$TMP/out" 2>&1
RC=$?
[ "$RC" -eq 1 ] || wrong "exit $RC"
shows 'FAIL the objects are there' build/plain/lib/data/archive.o

t 'the demo runs the executables that it is told to'
BIN=$TMP/nowhere "$top/manifests/embedded/demo" >"$TMP/out" 2>"$TMP/err"
RC=$?
[ "$RC" -ne 0 ] || wrong 'another folder will do'
grep -qF "$TMP/nowhere" "$TMP/err" || wrong 'no word of it'

finish_all
