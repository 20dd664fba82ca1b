#!/bin/sh
# Windows in a zone whose clocks change: a training begins in the hours of
# its people, in winter and in summer.
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2034	# NOW is for run()
. "$(dirname "$0")/../lib.sh"

# windows WINDOW...: a world with data of February and these windows.
windows()
{
	world
	sed -i 's/2026-09-/2026-02-/g' "$W/events/1.json"
	list=
	for window; do
		list="$list${list:+, }{$window}"
	done
	sed -i "s|maximumAge: 24h|&, windows: [$list]|" "$W/model.yaml"
}

# shut TIME NEXT: nothing is done then, and NEXT is when it is.
shut()
{
	NOW=$1
	untouched train-model
	want 0 'row="12 outside every window"' "the next opens at $2"
}

# open_at TIME: a training would begin.
open_at()
{
	NOW=$1
	untouched train-model -n
	want 2 'row="15 start a generation"'
}

office='days: Mon-Fri, from: "08:00", to: "18:00", timeZone: Europe/London'

t 'London, over the change of March: ten hours, an hour earlier'
windows "$office"
open_at 2026-03-27T08:00:00Z
open_at 2026-03-27T17:59:59Z
for now in 2026-03-27T18:00:00Z 2026-03-28T12:00:00Z 2026-03-29T00:59:59Z \
    2026-03-29T01:00:00Z 2026-03-29T12:00:00Z 2026-03-30T06:59:59Z; do
	shut "$now" 2026-03-30T07:00:00Z
done
open_at 2026-03-30T07:00:00Z
open_at 2026-03-30T16:59:59Z
shut 2026-03-30T17:00:00Z 2026-03-31T07:00:00Z

t 'London, over the change of October: an hour later again'
windows "$office"
open_at 2026-10-23T07:00:00Z
open_at 2026-10-23T16:59:59Z
for now in 2026-10-23T17:00:00Z 2026-10-25T00:59:59Z 2026-10-25T01:00:00Z \
    2026-10-26T07:00:00Z 2026-10-26T07:59:59Z; do
	shut "$now" 2026-10-26T08:00:00Z
done
open_at 2026-10-26T08:00:00Z
open_at 2026-10-26T17:59:59Z
shut 2026-10-26T18:00:00Z 2026-10-27T08:00:00Z

t 'the environment has no say in it'
windows "$office"
export TZ=America/New_York TZDIR=/nowhere
shut 2026-03-30T06:59:59Z 2026-03-30T07:00:00Z
open_at 2026-03-30T07:00:00Z
unset TZ TZDIR

t 'hours in the gap of March, and hours that come twice in October'
windows 'from: "01:15", to: "01:45", timeZone: Europe/London'
shut 2026-03-29T00:59:59Z 2026-03-29T01:00:00Z
open_at 2026-03-29T01:00:00Z
open_at 2026-03-29T01:29:59Z
shut 2026-03-29T01:30:00Z 2026-03-30T00:15:00Z
shut 2026-10-25T00:14:59Z 2026-10-25T00:15:00Z
open_at 2026-10-25T00:15:00Z
open_at 2026-10-25T01:44:59Z
shut 2026-10-25T01:45:00Z 2026-10-26T01:15:00Z

t 'yesterday and tomorrow of a zone far from UTC'
windows 'days: Mon, from: "23:00", timeZone: Pacific/Honolulu' \
    'days: Tue, to: "01:00", timeZone: Pacific/Kiritimati'
open_at 2026-03-30T10:00:00Z
shut 2026-03-30T11:00:00Z 2026-03-31T09:00:00Z
open_at 2026-03-31T09:59:59Z
shut 2026-03-31T10:00:00Z 2026-04-06T10:00:00Z

t 'a training begins when the window opens, and goes on in it'
windows "$office"
shut 2026-03-30T06:59:59Z 2026-03-30T07:00:00Z
later '1 second'
run train-model
want 0 verb=build
later '10 hours'
untouched train-model
want 0 'row="3 open' 'the next opens at 2026-03-31T07:00:00Z'
later '14 hours'
run train-model
want 0 verb=train
is "$(count models)" 1 'models'

t 'a zone that is none is told before anything is read'
windows 'timeZone: Europe/Londinium'
untouched train-model
want 3 Europe/Londinium 'tzdata has below /usr/share/zoneinfo'

t 'the schema knows zones as the document does'
"$BIN/modelsync" schema >"$TMP/schema"
pattern=$(jq -r '.. | .timeZone? // empty | .pattern' "$TMP/schema")
for zone in UTC Europe/London America/Argentina/Buenos_Aires Etc/GMT+12 \
    EST5EDT America/Port-au-Prince; do
	echo "$zone" | grep -qE -- "$pattern" || wrong "$zone is refused"
done
for zone in '' localtime right/UTC ../UTC /etc/passwd Europe/ \
    Europe//London 'Europe/Lon don'; do
	echo "$zone" | grep -qE -- "$pattern" && wrong "$zone is accepted"
done

finish_all
