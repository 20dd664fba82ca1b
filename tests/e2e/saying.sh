#!/bin/sh
# How a run is told of: lines, termination log, metrics to a file and to a
# gateway.  None of it can fail a run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# edit SED-SCRIPT: the Model document
edit()
{
	sed -i "$1" "$W/model.yaml"
}

# field FILTER: of the last line that was said, by jq
field()
{
	tail -n 1 "$TMP/err" | jq -r "$1"
}

# metric NAME: its value in the metrics file; nothing when it is not there
metric()
{
	sed -n "s,^modelsync_$1{model=\"local/issues\"\,tool=\"[a-z-]*\"} ,,p" \
	    "$W/m.prom"
}

seconds()
{
	date -u -d "$1" +%s
}

t '--log json: an object a line, with the fields of logfmt'
world
run train-model --log json
want 0
is "$(wc -l <"$TMP/err")" 1 lines
is "$(field '.severity + " " + .end + " " + .verb')" 'INFO done build' line
is "$(field '.tool + " " + .model')" 'train-model local/issues' 'tool, model'
is "$(field '.now')" "$NOW" now
is "$(field '.exit')" 0 exit
is "$(field '.ms | type')" number ms
is "$(field '.message == "train-model: done: " + .why')" true message
is "$(field '."logging.googleapis.com/labels" | .model + " " + .tool')" \
    'local/issues train-model' labels
is "$(field '.time | sub("[.][0-9]{6}Z$"; "Z") | fromdate |
    . > now - 600 and . < now + 600')" true time
is "$(field '.target | startswith("datasets/issues-")')" true target
edit 's/^spec:/spec:\n  suspend: true/'
run train-model --log json -v
want 2
is "$(jq -s 'map(select(.severity == "DEBUG")) | length > 1' "$TMP/err")" \
    true 'debug lines'
is "$(field '.severity + " " + .end')" 'INFO held' line

t '--log json: the ends before a run'
edit 's/organisation:/organization:/'
run train-model --log json
want 3
is "$(jq -rs '[.[].severity] | unique | join(" ")' "$TMP/err")" ERROR severity
is "$(jq -rs '[.[].problem | select(. != null)] | length > 0' "$TMP/err")" \
    true problems
is "$(field '.exit')" 3 exit
run train-model --log json -C -n
want 3
is "$(field '.exit')" 3 exit
rm "$W/model.yaml"
run train-model --log json
want 3
is "$(field '.severity')" ERROR severity

t 'the termination log has the line, and a dry run leaves it alone'
world
run train-model --termination-log "$W/log"
want 0
is "$(cat "$W/log")" "$(cat "$TMP/err")" 'termination log'
run train-model --termination-log "$W/log" --log json --no-such-option
want 3
grep -q '^level=error .* exit=3$' "$W/log" || wrong "$(cat "$W/log")"
untouched train-model -n --termination-log "$W/log" \
    --metrics-file "$W/m.prom" --push-gateway http://127.0.0.1:1
want 2
[ "$(grep -c unsaid "$TMP/err")" -eq 0 ] || wrong 'a dry run tried'

t 'the termination log has at most 4096 bytes of UTF-8'
world
run train-model -C
long=$(printf '%02500d' 0 | sed 's/0/ü/g')
person main "sed -i 's/notavlidmodel   /$long /' deployment/Kptfile"
run deploy-model --held-ok --termination-log "$W/log"
want 0 'row="5 live set by a person"' "$long"
first=$(wc -c <"$W/log")
iconv -f UTF-8 -t UTF-8 "$W/log" >/dev/null || wrong 'no UTF-8'
person main "sed -i 's/ value: ü/ value: xü/' deployment/Kptfile"
run deploy-model --held-ok --termination-log "$W/log"
want 0 "x$long"
second=$(wc -c <"$W/log")
iconv -f UTF-8 -t UTF-8 "$W/log" >/dev/null || wrong 'no UTF-8'
is "$(printf '%s\n' "$first" "$second" | sort | paste -sd ' ')" '4095 4096' bytes

t 'the metrics file keeps the last success over a failing run'
world
run train-model -C --metrics-file "$W/m.prom"
want 0
is "$(metric last_success_timestamp_seconds)" "$(seconds "$NOW")" success
is "$(metric result) $(metric consecutive_failures)" '0 0' result
is "$(metric holds) $(metric busy_since_timestamp_seconds)" '0 0' holds
is "$(metric exchanges)" 0 exchanges
is "$(metric model_age_seconds)" 0 age
is "$(tail -n 1 "$W/m.prom")" '# EOF' end
success=$(seconds "$NOW")
later '2 hours'
chmod a-w "$W/leases"
mv "$W/events" "$W/gone"
run train-model --metrics-file "$W/m.prom"
want 3
is "$(metric last_success_timestamp_seconds)" "$success" success
is "$(metric last_attempt_timestamp_seconds)" "$(seconds "$NOW")" attempt
is "$(metric result) $(metric consecutive_failures)" '3 1' result
is "$(metric model_age_seconds)" '' 'age, which was not read'
mv "$W/gone" "$W/events"
chmod u+w "$W/leases"
edit 's/^spec:/spec:\n  suspend: true/'
run train-model --metrics-file "$W/m.prom"
want 2
is "$(metric last_success_timestamp_seconds)" "$success" success
is "$(metric result) $(metric holds)" '2 1' 'result, holds'
is "$(metric model_age_seconds)" 7200 age
if command -v promtool >/dev/null; then
	promtool check metrics <"$W/m.prom" >"$TMP/promtool" 2>&1 ||
	    wrong "promtool: $(cat "$TMP/promtool")"
else
	echo 'skip promtool is not there'
fi

t 'failed attempts are counted once, by the Lease'
world
edit 's,\[fit-labels\],[/bin/false],'
run train-model
run train-model --metrics-file "$W/m.prom"
want 1 end=failed
is "$(metric consecutive_failures)" 1 failures
later '11 minutes'
run train-model
run train-model --metrics-file "$W/m.prom"
want 1 end=failed
is "$(metric consecutive_failures)" 2 failures

t 'deploy-model: the gate, the age of what is live, and holds'
world
run train-model -C
run deploy-model --metrics-file "$W/m.prom"
want 0 verb=push
is "$(metric gate_passed) $(metric holds)" '1 0' 'gate, holds'
is "$(metric model_age_seconds)" '' 'age of no model'
merge
later '1 hour'
run deploy-model --metrics-file "$W/m.prom"
want 0 end=settled
is "$(metric gate_passed)" '' 'gate that was not asked'
is "$(metric model_age_seconds)" 3600 age
world
run train-model -C
edit 's/^spec:/spec:\n  hold: [{model: "*", reason: "freeze"}]/'
run deploy-model --metrics-file "$W/m.prom"
want 2
is "$(metric gate_passed) $(metric holds)" ' 1' 'gate, holds'

t 'busy: neither success nor failure, and since when'
world
cat >"$W/trainer" <<-'X'
	#!/bin/sh
	touch "$MODELSYNC_DATASET/../../../begun"
	sleep 20
X
chmod +x "$W/trainer"
edit 's,\[fit-labels\],[./trainer],'
run train-model
"$BIN/train-model" -f "$W/model.yaml" --now "$NOW" 2>/dev/null &
holder=$!
while [ ! -e "$W/begun" ]; do
	sleep 0.1
done
since=$(seconds "$NOW")
later '1 minute'
run train-model --metrics-file "$W/m.prom"
want 0 end=busy
is "$(metric busy_since_timestamp_seconds)" "$since" since
is "$(metric last_success_timestamp_seconds)" '' success
is "$(metric result)" 0 result
kill -TERM "$holder"
wait "$holder"

t 'what cannot be told changes no exit status'
world
run train-model --metrics-file "$W/none/m.prom" \
    --termination-log "$W/none/log" --push-gateway http://127.0.0.1:1
want 0 end=done unsaid=\"metrics\ file\" unsaid=\"termination\ log\" \
    unsaid=metrics
is "$(grep -c level=warn "$TMP/err")" 3 warnings
run train-model --metrics-file "$W" --termination-log "$W"
want 0 end=done unsaid=\"metrics\ file\" unsaid=\"termination\ log\"
run train-model --metrics-file /dev/null --termination-log /dev/full
want 0 end=settled unsaid=\"metrics\ file\" unsaid=\"termination\ log\"
[ -c /dev/null ] || wrong 'it replaced a device'
edit 's/^spec:/spec:\n  suspend: true/'
run train-model --metrics-file "$W/none/m.prom"
want 2 'unsaid="metrics file"'
is "$(find "$W" -name '*.prom*')" '' 'left behind'

t 'a run whose time is over pushes nothing'
run train-model --deadline 1s --held-ok --push-gateway http://127.0.0.1:1
want 0 unsaid=metrics 'deadline of the run'

# The gateway's metrics, as whoever scrapes it sees them.
pushed()
{
	bash -c "exec 3<>/dev/tcp/$address && printf \
	    'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3" |
	    sed -n "s,^modelsync_$1{\(.*\)} ,\1 ,p"
}

t 'a Pushgateway takes the metrics and keeps the last success'
if command -v prometheus-pushgateway >/dev/null; then
	prometheus-pushgateway --web.listen-address=127.0.0.1:0 \
	    >"$TMP/gateway" 2>&1 &
	gateway=$!
	trap 'kill "$gateway" 2>/dev/null; chmod -R u+rwX "$TMP"; rm -rf "$TMP"' EXIT
	n=0
	until address=$(sed -n 's,.*"Listening on" address=127.0.0.1:,,p' \
	    "$TMP/gateway") && [ -n "$address" ] || [ $((n += 1)) -gt 100 ]
	do
		sleep 0.1
	done
	url=http://127.0.0.1:$address
	address=127.0.0.1/$address
	labels='instance="",job="train-model",model="local/issues",tool="train-model"'
	world
	run train-model -v -C --push-gateway "$url"
	want 0 method=POST status=200 "url=$url/metrics/job/train-model/model@base64/"
	grep -q unsaid "$TMP/err" && wrong "$(grep unsaid "$TMP/err")"
	is "$(pushed result)" "$labels 0" result
	success=$(pushed last_success_timestamp_seconds)
	later '2 hours'
	mv "$W/events" "$W/gone"
	run train-model --push-gateway "$url"
	want 3
	grep -q unsaid "$TMP/err" && wrong "$(grep unsaid "$TMP/err")"
	is "$(pushed result)" "$labels 3" result
	is "$(pushed model_age_seconds)" "$labels NaN" age
	is "$(pushed last_success_timestamp_seconds)" "$success" success
	[ -n "$success" ] || wrong 'no success there'
	kill "$gateway"
	wait "$gateway"
else
	echo 'skip prometheus-pushgateway is not there'
	name=
fi

finish_all
