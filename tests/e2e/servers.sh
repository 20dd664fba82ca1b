#!/bin/sh
# The git servers of tests/servers.sh are what they say, told by real git: a
# proof of what other tests stand on.
# shellcheck disable=SC2119
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/servers.sh
. "$(dirname "$0")/../servers.sh"

# below PID...: they and what they have started, on one line
below()
{
	for pid; do
		pgrep -P "$pid"
		echo "$pid"
	done | tr '\n' ' '
	echo
}

if [ "${1:-}" = ends ]; then	# what the last test starts
	# shellcheck source=tests/world.sh
	. "$(dirname "$0")/../world.sh"
	cp -R "$3/ssh" "$3/tls" "$TMP"
	serve_silent && serve_ssh late=1 && serve_http || exit 1
	case $2 in
	exit*)	world_start || exit 1 ;;
	esac
	# shellcheck disable=SC2086
	below $SERVE_PIDS $WORLD_PID
	eval "$2"
fi
export GIT_TRACE_PACKET="$TMP/packets"

# try RC COMMAND...: what it says is in $TMP/out and $TMP/err
try()
{
	expected=$1
	shift
	rm -f "$TMP/packets"
	"$@" >"$TMP/out" 2>"$TMP/err"
	RC=$?
	[ "$RC" -eq "$expected" ] || wrong "$*: exit $RC, expected $expected"
}

said()
{
	grep -qF -- "$1" "$TMP/err" || wrong "no \"$1\" said"
}

# status CODE PATH CURL-ARG...
status()
{
	code=$1
	path=$2
	shift 2
	is "$(curl -s --noproxy '*' -m 10 -o "$TMP/body" -w '%{http_code}' \
	    ${SERVER_CA:+--cacert "$SERVER_CA"} "$@" "$SERVER_URL/$path")" \
	    "$code" "$path"
}

# millis COMMAND...: how long it takes
millis()
{
	began=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - began) / 1000000))
}

# between LEAST MOST COMMAND...: in milliseconds; a busy machine may be slower
# now and then, but never faster
between()
{
	least=$1
	most=$2
	shift 2
	for _ in 1 2 3 4 5; do
		took=$(millis "$@")
		[ "$took" -ge "$least" ] || break
		[ "$took" -ge "$most" ] || return 0
	done
	wrong "$* took $took ms, not $least to $most"
}

# all_of URL NAME GIT...: fetches whole and in part, pushes and is refused a
# push that is no descendant; GIT is real git with what URL asks for.
all_of()
{
	url=$1/$2.git
	serve_repo "$2" "$TMP/from"
	shift 2
	rm -rf "$TMP/whole" "$TMP/part"
	try 0 "$@" -c protocol.version=2 ls-remote "$url"
	is "$(cut -f2 "$TMP/out" | tr '\n' ' ')" 'HEAD refs/heads/main ' refs
	grep -q '< version 2' "$TMP/packets" || wrong 'no version 2 is spoken'
	try 0 "$@" -c protocol.version=0 ls-remote "$url"
	! grep -q '< version 2' "$TMP/packets" || wrong 'version 2 unasked for'
	try 0 "$@" clone -q "$url" "$TMP/whole"
	is "$(git -C "$TMP/whole" rev-parse HEAD)" "$tip" 'what was cloned'
	try 0 "$@" clone -q --no-checkout --depth 1 --filter=blob:none "$url" \
	    "$TMP/part"
	is "$(git -C "$TMP/part" rev-list --objects --missing=print HEAD |
	    grep -c '^?')" 202 'blobs left behind'
	try 0 "$@" -C "$TMP/part" cat-file blob HEAD:README.md
	is "$(cat "$TMP/out")" '# configuration' 'a blob fetched when needed'
	git -C "$TMP/whole" commit -q --allow-empty -m Further
	try 0 "$@" -C "$TMP/whole" push -q origin HEAD:refs/heads/auto-update
	is "$(git -C "$SERVER_ROOT/${url##*/}" rev-parse auto-update)" \
	    "$(git -C "$TMP/whole" rev-parse HEAD)" 'what was pushed'
	git -C "$TMP/whole" commit -q --amend --allow-empty -m Otherwise
	try 1 "$@" -C "$TMP/whole" push origin HEAD:refs/heads/auto-update
	said '[rejected]'
	git -C "$TMP/whole" checkout -q --orphan big
	head -c 3000000 /dev/urandom >"$TMP/whole/big"
	git -C "$TMP/whole" add big
	git -C "$TMP/whole" commit -q -m 'More than one buffer'
	try 0 "$@" -C "$TMP/whole" push -q origin big
}

mkdir "$TMP/from"
config_files "$TMP/from"
awk -v d="$TMP/from" 'BEGIN { for (i = 0; i < 198; i++)
	print i > (d "/" i ".txt") }'
git -C "$TMP/from" init -q -b main
git -C "$TMP/from" add .
git -C "$TMP/from" commit -q -m Start
tip=$(git -C "$TMP/from" rev-parse HEAD)

t 'https with a password: fetched, fetched in part, pushed'
serve_http auth || exit 1
all_of "$SERVER_URL" closed http_git
grep -q '^POST /closed.git/git-upload-pack? 200 version=2$' "$SERVER_LOG" ||
    wrong 'no POST with Git-Protocol in the log'
grep -q '^GET /closed.git/info/refs?service=git-upload-pack 401 ' \
    "$SERVER_LOG" || wrong 'no 401 in the log'

t 'https with a password: nobody else gets in'
refs='closed.git/info/refs?service=git-upload-pack'
is "$(cat "$SERVER_USER_FILE"):$(cat "$SERVER_PASSWORD_FILE")" \
    "$SERVER_USER:$SERVER_PASSWORD" 'the files'
status 200 "$refs" -u "$SERVER_USER:$SERVER_PASSWORD"
status 401 "$refs"
status 401 "closed.git/HEAD"
right=$SERVER_PASSWORD
SERVER_PASSWORD=wrong
try 128 http_git ls-remote "$SERVER_URL/closed.git"
said 'Authentication failed'
is "$(tail -n 2 "$SERVER_LOG" | cut -d' ' -f1,3 | tr '\n' ' ')" \
    'GET 401 GET 401 ' 'without a password, and with a wrong one'
SERVER_PASSWORD=$right
try 128 http_git ls-remote "$SERVER_URL/none.git"
said 'not found'

t 'https: a certificate of nobody we know'
right=$SERVER_CA
SERVER_CA=$SERVER_OTHER_CA
try 128 http_git ls-remote "$SERVER_URL/closed.git"
said certificate
SERVER_CA=$right

t 'https for all, and http, beside it'
closed=$SERVER_URL
serve_http || exit 1
serve_repo open "$TMP/from"
try 0 http_git ls-remote "$SERVER_URL/open.git"
try 0 http_git -C "$TMP/whole" push -q "$SERVER_URL/open.git" big
! grep -q ' 401 ' "$SERVER_LOG" || wrong 'a password asked for'
serve_http h2 || exit 1
try 0 http_git clone -q "$SERVER_URL/open.git" "$TMP/h2"
status 200/2 open.git/HEAD --http2 -w '%{http_code}/%{http_version}'
serve_http plain || exit 1
all_of "$SERVER_URL" plain http_git
SERVER_CA=$right
is "$(curl -s --noproxy '*' -m 10 -o "$TMP/body" -w '%{http_code}' \
    --cacert "$SERVER_CA" "$closed/$refs")" 401 'the first one'

t 'http, 300 ms late: once for each exchange'
serve_http plain late=300 || exit 1
between 300 590 status 200 plain.git/HEAD
loose=objects/00/$(printf %038d 0)
mkdir -p "$SERVER_ROOT/plain.git/objects/00"
head -c 2000000 /dev/urandom >"$SERVER_ROOT/plain.git/$loose"
status 200 "plain.git/$loose"
is "$(wc -c <"$TMP/body")" 2000000 'its size'
between 300 590 status 200 "plain.git/$loose"
between 600 890 status 200200 plain.git/HEAD -o "$TMP/body" \
    "$SERVER_URL/plain.git/HEAD"

t 'ssh with each kind of key'
serve_ssh || exit 1
all_of "$SSH_URL" ssh ssh_git "$SSH_KEY"
url=$SSH_URL/ssh.git
for key in "$SSH_KEY_ECDSA" "$SSH_KEY_RSA"; do
	try 0 ssh_git "$key" ls-remote "$url"
	try 0 ssh_git "$key" -C "$TMP/whole" push -q origin \
	    "HEAD:refs/heads/${key##*/}"
done
is "$(git -C "$SERVER_ROOT/ssh.git" branch --list 'key-*' | tr -d '\n')" \
    '  key-ecdsa  key-rsa' 'what was pushed'
is "$(ssh-keyscan -t ed25519 -p "$SSH_PORT" 127.0.0.1 2>/dev/null |
    cut -d' ' -f2-)" "$SSH_HOSTKEY" 'the host key'

t 'ssh: a key that may only read, and one that may nothing'
try 0 ssh_git "$SSH_KEY_READ" ls-remote "$url"
rm -rf "$TMP/whole"
try 0 ssh_git "$SSH_KEY_READ" clone -q "$url" "$TMP/whole"
try 128 ssh_git "$SSH_KEY_READ" -C "$TMP/whole" push origin HEAD:refs/heads/x
said 'read only'
try 128 ssh_git "$SSH_KEY_STRANGER" ls-remote "$url"
said 'Permission denied'
try 128 ssh_git "$SSH_KEY" ls-remote "$SSH_URL/none.git"
said 'does not appear to be a git repository'

t 'ssh: the host key is another'
right=$SSH_KNOWN_HOSTS
SSH_KNOWN_HOSTS=$SSH_KNOWN_HOSTS_WRONG
try 128 ssh_git "$SSH_KEY" ls-remote "$url"
said 'Host key verification failed'
SSH_KNOWN_HOSTS=$right

t 'ssh, 100 ms late'
between 0 700 ssh_git "$SSH_KEY" ls-remote "$url"
serve_ssh late=100 || exit 1
try 0 ssh_git "$SSH_KEY" ls-remote "$SSH_URL/ssh.git"
between 800 5000 ssh_git "$SSH_KEY" ls-remote "$SSH_URL/ssh.git"

t 'a silent server accepts, and says nothing or one thing'
serve_silent || exit 1
try 28 curl -s --noproxy '*' -m 0.3 "$SILENT_URL/"
is "$(cat "$TMP/out")" '' 'what it said'
serve_silent 'HTTP/1.1 200 OK
Content-Length: 100

begun' || exit 1
try 28 curl -s --noproxy '*' -m 0.3 "$SILENT_URL/"
is "$(cat "$TMP/out")" begun 'what it said'

# gone WHO PID...: within five seconds; whoever inherits the dead may be slow
# to bury them
gone()
{
	who=$1
	shift
	tries=100
	while ps -o stat=,pid=,args= -p "$(echo "$@" | tr ' ' ,)" |
	    grep -v '^Z' >"$TMP/alive"; do
		if [ $((tries -= 1)) -eq 0 ]; then
			wrong "$who: $(cat "$TMP/alive")"
			return
		fi
		sleep 0.05
	done
}

t 'serve_stop ends them all'
# shellcheck disable=SC2086
pids=$(below $SERVE_PIDS)
[ "$(echo "$pids" | wc -w)" -ge 10 ] || wrong "so few: $pids"
serve_stop
# shellcheck disable=SC2086
gone serve_stop $pids

# Nothing of the test is left: neither what it started nor its folder, which
# only SIGKILL leaves.
t 'servers end with the test, and so does the world, whatever the end'
for how in 'exit 3' 'kill -TERM $$' 'kill -KILL $$'; do
	rm -f "$TMP/pids"
	mkdir -p "$TMP/there"
	TMPDIR=$TMP/there sh "$0" ends "$how" "$TMP" >"$TMP/pids" 2>"$TMP/err"
	read -r pids <"$TMP/pids" || wrong "$how: none began"
	# shellcheck disable=SC2086
	gone "$how" $pids
	case $how in
	*KILL*)	rm -rf "$TMP/there" ;;
	*)	rmdir "$TMP/there" || wrong "$how: its folder is left" ;;
	esac
done
finish_all
