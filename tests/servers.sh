# Sourced behind lib.sh by the tests that need real git servers: lighttpd with
# git http-backend, and sshd, on free ports of loopback, as whoever runs the
# test.  They serve the repositories below SERVER_ROOT, and end with the test,
# whatever its end.  Several may run at once; the variables are then those of
# the one started last.
# shellcheck shell=sh disable=SC2034

SERVERS=$(cd "$(dirname "$0")/.." && pwd)/servers.py
SERVER_ROOT=$TMP/repositories
SERVE_PIDS=
mkdir -p "$SERVER_ROOT"
AT_END="serve_stop; ${AT_END:-}"
trap 'eval "$AT_END"; chmod -R u+rwX "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
trap 'exit 1' HUP INT TERM

# serve_repo NAME FROM: SERVER_ROOT/NAME.git, a bare copy that may be pushed
# to and cloned in part.
serve_repo()
{
	git clone -q --bare --no-hardlinks "$2" "$SERVER_ROOT/$1.git" &&
	    git -C "$SERVER_ROOT/$1.git" config http.receivepack true &&
	    git -C "$SERVER_ROOT/$1.git" config uploadpack.allowFilter true
}

# serve_start SAID COMMAND...: a server in $SERVE, ready when SAID is a line
# of what it says or SAID is a file.  Killed together with the test.
serve_start()
{
	serve_said=$1
	shift
	setpriv --pdeathsig TERM "$@" >"$SERVE/out" 2>"$SERVE/err" &
	serve_pid=$!
	serve_tries=200
	while [ ! -e "$serve_said" ] &&
	    ! grep -qs -- "$serve_said" "$SERVE/err"; do
		serve_tries=$((serve_tries - 1))
		if [ "$serve_tries" -eq 0 ] ||
		    ! kill -0 "$serve_pid" 2>/dev/null; then
			kill "$serve_pid" 2>/dev/null
			wait "$serve_pid" 2>/dev/null
			return 1
		fi
		sleep 0.02
	done
	SERVE_PIDS="$serve_pid $SERVE_PIDS"
}

# serve_anywhere SAID MAKE COMMAND...: as serve_start, after `MAKE PORT` has
# written the configuration; another port is tried when one is taken meanwhile.
serve_anywhere()
{
	serve_ready=$1
	serve_make=$2
	shift 2
	for _ in 1 2 3 4 5; do
		SERVE_PORT=$("$SERVERS" port) || return 1
		"$serve_make" "$SERVE_PORT"
		serve_start "$serve_ready" "$@" && return 0
	done
	echo "the server did not start: $*" >&2
	cat "$SERVE/err" >&2
	return 1
}

# serve_late MS: what the server at SERVE_PORT says comes MS later from now
# on, each answer once however long it is; SERVE_PORT is then the way there.
# To connect takes no longer; each round of TLS or of ssh does.
serve_late()
{
	rm -f "$SERVE/port"
	serve_start "$SERVE/port" "$SERVERS" delay "$SERVE/port" \
	    "$SERVE_PORT" "$1" || return 1
	SERVE_PORT=$(cat "$SERVE/port")
}

# serve_find PROGRAM: where it is; those of the system are not in every PATH.
serve_find()
{
	PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v "$1" || {
		echo "no $1 here: see tests/setup" >&2
		return 1
	}
}

serve_lighttpd()
{
	cat >"$SERVE/lighttpd.conf" <<-C
	server.document-root = "$SERVER_ROOT"
	server.bind = "127.0.0.1"
	server.port = $1
	server.upload-dirs = ("$SERVE")
	server.stream-response-body = 1
	server.feature-flags = ("server.h2proto" => "$serve_h2")
	server.modules = ("mod_alias", "mod_auth", "mod_authn_file", "mod_cgi",
	    "mod_setenv", "mod_accesslog")
	accesslog.filename = "|exec cat >>'$SERVER_LOG'"
	accesslog.format = "%m %U?%q %s %{Git-Protocol}i"
	alias.url = ("/" => "$(git --exec-path)/git-http-backend/")
	cgi.assign = ("git-http-backend" => "")
	setenv.add-environment = (
		"PATH" => "$PATH",
		"GIT_PROJECT_ROOT" => "$SERVER_ROOT",
		"GIT_HTTP_EXPORT_ALL" => "1",
		"GIT_CONFIG_GLOBAL" => "/dev/null",
		"GIT_CONFIG_NOSYSTEM" => "1"
	)
	C
	[ -z "$SERVER_CA" ] || cat >>"$SERVE/lighttpd.conf" <<-C
	server.modules += ("mod_openssl")
	ssl.engine = "enable"
	ssl.pemfile = "$TMP/tls/server.crt"
	ssl.privkey = "$TMP/tls/server.key"
	C
	[ -z "$SERVER_USER" ] || cat >>"$SERVE/lighttpd.conf" <<-C
	auth.backend = "plain"
	auth.backend.plain.userfile = "$SERVE/users"
	auth.require = ("/" => ("method" => "basic", "realm" => "git",
	    "require" => "valid-user"))
	C
}

# serve_http [auth] [plain] [h2] [late=MS]: over TLS unless plain, for anybody
# unless auth, HTTP/1.1 unless h2 (where lighttpd answers 411 to a body without
# a length, as git pushes more than 1 MB).  A wrong password is refused after a
# second.  Sets
#	SERVER_URL	below which NAME.git is
#	SERVER_CA, SERVER_OTHER_CA	who signed its certificate, and who
#			signed nothing: files; empty if plain
#	SERVER_USER, SERVER_PASSWORD, SERVER_USER_FILE, SERVER_PASSWORD_FILE
#			empty unless auth
#	SERVER_LOG	a line per request: method, path?query, status, and
#			its Git-Protocol or "-"
serve_http()
{
	serve_lighttpd=$(serve_find lighttpd) || return 1
	SERVE=$(mktemp -d "$TMP/http-XXXXXX")
	SERVER_LOG=$SERVE/log
	: >"$SERVER_LOG"
	SERVER_CA=$TMP/tls/ca.crt
	SERVER_OTHER_CA=$TMP/tls/other-ca.crt
	SERVER_USER=
	SERVER_PASSWORD=
	SERVER_USER_FILE=
	SERVER_PASSWORD_FILE=
	serve_h2=disable
	serve_ms=
	serve_scheme=https
	for serve_word; do
		case $serve_word in
		auth)
			SERVER_USER=ada
			SERVER_PASSWORD='pa:ss/w@rd%20'
			SERVER_USER_FILE=$SERVE/user
			SERVER_PASSWORD_FILE=$SERVE/password
			printf %s "$SERVER_USER" >"$SERVER_USER_FILE"
			printf %s "$SERVER_PASSWORD" >"$SERVER_PASSWORD_FILE"
			echo "$SERVER_USER:$SERVER_PASSWORD" >"$SERVE/users"
			;;
		plain)
			SERVER_CA=
			SERVER_OTHER_CA=
			serve_scheme=http
			;;
		h2)	serve_h2=enable ;;
		late=*)	serve_ms=${serve_word#*=} ;;
		*)	echo "serve_http: $serve_word?" >&2; return 1 ;;
		esac
	done
	[ -z "$SERVER_CA" ] || "$SERVERS" certificates "$TMP" || return 1
	serve_anywhere 'server started' serve_lighttpd \
	    "$serve_lighttpd" -D -f "$SERVE/lighttpd.conf" || return 1
	[ -z "$serve_ms" ] || serve_late "$serve_ms" || return 1
	SERVER_URL=$serve_scheme://127.0.0.1:$SERVE_PORT
}

# http_git ARG...: real git, with what SERVER_URL asks for.
# shellcheck disable=SC2016
http_git()
{
	SERVER_USER=$SERVER_USER SERVER_PASSWORD=$SERVER_PASSWORD \
	GIT_SSL_CAINFO=$SERVER_CA GIT_TERMINAL_PROMPT=0 git -c http.proxy= \
	    -c credential.helper='!f() { [ "$1" != get ] ||
		[ -z "$SERVER_USER" ] || printf "username=%s\npassword=%s\n" \
		    "$SERVER_USER" "$SERVER_PASSWORD"; }; f' "$@"
}

serve_key()
{
	[ -e "$1" ] || ssh-keygen -q -N '' -C '' -f "$@"
}

serve_sshd()
{
	cat >"$SERVE/sshd_config" <<-C
	ListenAddress 127.0.0.1:$1
	HostKey "$TMP/ssh/host"
	HostKey "$TMP/ssh/host-rsa"
	AuthorizedKeysFile "$SERVE/authorized_keys"
	PidFile none
	StrictModes no
	UsePAM $serve_pam
	PermitRootLogin prohibit-password
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitUserRC no
	PrintMotd no
	PrintLastLog no
	DisableForwarding yes
	MaxStartups 256
	AcceptEnv GIT_PROTOCOL
	SetEnv "HOME=$SERVE" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	C
}

# serve_ssh [late=MS]: sets
#	SSH_URL		below which NAME.git is; SSH_PORT
#	SSH_KEY, SSH_KEY_ECDSA, SSH_KEY_RSA	private keys that may push,
#			the first ed25519; each beside its .pub
#	SSH_KEY_READ, SSH_KEY_STRANGER	that may only fetch; that may nothing
#	SSH_HOSTKEY, SSH_HOSTKEY_RSA	"ssh-ed25519 AAAA...", "ssh-rsa AAAA..."
#	SSH_KNOWN_HOSTS, SSH_KNOWN_HOSTS_WRONG	files: both; another's
#	SSH_LOG		what sshd says
serve_ssh()
{
	serve_sshd=$(serve_find sshd) || return 1
	SERVE=$(mktemp -d "$TMP/ssh-XXXXXX")
	mkdir -p "$TMP/ssh"
	SSH_KEY=$TMP/ssh/key
	SSH_KEY_ECDSA=$TMP/ssh/key-ecdsa
	SSH_KEY_RSA=$TMP/ssh/key-rsa
	SSH_KEY_READ=$TMP/ssh/key-read
	SSH_KEY_STRANGER=$TMP/ssh/key-stranger
	SSH_LOG=$SERVE/err
	serve_key "$TMP/ssh/host" -t ed25519
	serve_key "$TMP/ssh/host-rsa" -t rsa -b 2048
	serve_key "$SSH_KEY" -t ed25519
	serve_key "$SSH_KEY_ECDSA" -t ecdsa
	serve_key "$SSH_KEY_RSA" -t rsa -b 2048
	serve_key "$SSH_KEY_READ" -t ed25519
	serve_key "$SSH_KEY_STRANGER" -t ed25519
	cat >"$SERVE/read" <<-'C'
	#!/bin/sh
	case ${SSH_ORIGINAL_COMMAND:-} in
	'git-upload-pack '*)
		exec git shell -c "$SSH_ORIGINAL_COMMAND" ;;
	esac
	echo 'The key you are authenticating with has been marked as read only.' >&2
	exit 1
	C
	chmod +x "$SERVE/read"
	cat "$SSH_KEY.pub" "$SSH_KEY_ECDSA.pub" "$SSH_KEY_RSA.pub" \
	    >"$SERVE/authorized_keys"
	echo "restrict,command=\"'$SERVE/read'\" $(cat "$SSH_KEY_READ.pub")" \
	    >>"$SERVE/authorized_keys"
	# Root's sshd wants its folder, and lets nobody in whose account is
	# locked unless PAM does.
	serve_pam=no
	if [ "$(id -u)" = 0 ]; then
		mkdir -p /run/sshd
		! grep -q '^root:!' /etc/shadow || serve_pam=yes
	fi
	serve_anywhere 'Server listening on' serve_sshd \
	    "$serve_sshd" -D -e -f "$SERVE/sshd_config" || return 1
	for serve_word; do
		case $serve_word in
		late=*)	serve_late "${serve_word#*=}" || return 1 ;;
		*)	echo "serve_ssh: $serve_word?" >&2; return 1 ;;
		esac
	done
	SSH_PORT=$SERVE_PORT
	SSH_URL=ssh://$(id -un)@127.0.0.1:$SERVE_PORT$SERVER_ROOT
	SSH_HOSTKEY=$(cut -d' ' -f1,2 "$TMP/ssh/host.pub")
	SSH_HOSTKEY_RSA=$(cut -d' ' -f1,2 "$TMP/ssh/host-rsa.pub")
	SSH_KNOWN_HOSTS=$SERVE/known_hosts
	SSH_KNOWN_HOSTS_WRONG=$SERVE/known_hosts-wrong
	printf '[127.0.0.1]:%s %s\n' "$SERVE_PORT" "$SSH_HOSTKEY" \
	    "$SERVE_PORT" "$SSH_HOSTKEY_RSA" >"$SSH_KNOWN_HOSTS"
	printf '[127.0.0.1]:%s %s\n' "$SERVE_PORT" \
	    "$(cut -d' ' -f1,2 "$SSH_KEY_STRANGER.pub")" >"$SSH_KNOWN_HOSTS_WRONG"
}

# ssh_git KEY ARG...: real git over real ssh with this key, and nothing of the
# user's own.
ssh_git()
{
	serve_ssh_key=$1
	shift
	GIT_SSH_VARIANT=ssh GIT_SSH_COMMAND="ssh -F /dev/null -o BatchMode=yes \
-o IdentityAgent=none -o IdentitiesOnly=yes -i '$serve_ssh_key' \
-o StrictHostKeyChecking=yes -o UserKnownHostsFile='$SSH_KNOWN_HOSTS' \
-o GlobalKnownHostsFile=/dev/null -o KexAlgorithms=curve25519-sha256" git "$@"
}

# serve_silent [TEXT]: accepts, says TEXT, and nothing more.  Sets SILENT_URL
# and SILENT_PORT.
serve_silent()
{
	SERVE=$(mktemp -d "$TMP/silent-XXXXXX")
	serve_start "$SERVE/port" "$SERVERS" silent "$SERVE/port" "$@" ||
	    return 1
	SILENT_PORT=$(cat "$SERVE/port")
	SILENT_URL=http://127.0.0.1:$SILENT_PORT
}

# serve_stop: ends them all, with what they are in the middle of.
serve_stop()
{
	for serve_pid in $SERVE_PIDS; do
		serve_below=$(pgrep -P "$serve_pid" | tr '\n' ' ')
		# shellcheck disable=SC2086
		kill "$serve_pid" $serve_below 2>/dev/null
		wait "$serve_pid" 2>/dev/null
	done
	SERVE_PIDS=
}
