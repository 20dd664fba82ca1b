#!/bin/sh
# The executables with exactly what the image has, in an empty root that
# cannot be written, as PID 1, as user 65532: the image itself cannot be
# built in a test.
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/world.sh
. "$(dirname "$0")/../world.sh"
# shellcheck source=tests/kube.sh
. "$(dirname "$0")/../kube.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
sample=$top/manifests/embedded
volume=/var/lib/modelsync

# closure CERTIFICATES BIN ROOT
closure()
{
	CERTIFICATES=$1 sh "$top/manifests/closure" "$2" "$3" \
	    >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

# What the second half runs in: mounts of its own; as root by right, else as
# the root of a user namespace.
if [ "${1:-}" != inside ]; then
	t 'the closure: every library found, its size told by part'
	certificates=/etc/ssl/certs/ca-certificates.crt
	[ -e "$certificates" ] || {
		certificates=$TMP/ca.crt
		echo 'stands for them' >"$certificates"
	}
	closure "$certificates" "$BIN" "$TMP/root"
	want 0
	shows executables libraries certificates 'time zones' libc.so.6
	sed 's/^/     /' "$TMP/out"

	t 'the closure: no shell, no setuid, no name that leads nowhere'
	is "$(cd "$TMP/root" && find usr/local/bin -type f | wc -l)" \
	    "$(find "$BIN" -type f | wc -l)" 'executables'
	is "$(cd "$TMP/root" && find . -type f -perm /111 ! -path './lib*' \
	    ! -path './usr/lib/*' ! -path './usr/local/bin/*')" '' \
	    'other executables'
	is "$(find "$TMP/root" -perm /6000)" '' 'setuid or setgid'
	is "$(find "$TMP/root" -xtype l)" '' 'dangling links'

	t 'the closure: a library or the certificates missing: no closure'
	mkdir "$TMP/bad"
	echo 'int gone(void) { return 0; }' >"$TMP/gone.c"
	echo 'int gone(void); int main(void) { return gone(); }' >"$TMP/main.c"
	cc -shared -o "$TMP/libgone.so" "$TMP/gone.c"
	cc -o "$TMP/bad/program" "$TMP/main.c" -L "$TMP" -lgone
	rm "$TMP/libgone.so"
	closure "$certificates" "$TMP/bad" "$TMP/none"
	want 1 missing:libgone.so
	closure "$TMP/nowhere" "$BIN" "$TMP/nor"
	want 1 'install ca-certificates'
	finish
	export ROOT="$TMP/root" MODE=root
	if unshare --mount --pid --fork true 2>/dev/null; then
		unshare --mount sh "$0" inside || failed=1
	elif unshare -r --mount --pid --fork true 2>/dev/null; then
		MODE=user
		unshare -r --mount sh "$0" inside || failed=1
	else
		echo 'skip in the closure: may make no namespaces here'
	fi
	exit "$failed"
fi

# Inside: a file system of our own, which nobody else sees.
mkdir "$TMP/new" "$TMP/volume"
mount -t tmpfs -o mode=755 closure "$TMP/new" || exit 1
mount -t tmpfs -o mode=755 volume "$TMP/volume" || exit 1
cp -a "$ROOT/." "$TMP/new/"
R=$TMP/new
# What a container runtime puts there.
touch "$R/dev/null" "$R/etc/hosts" "$R/dev/urandom"
mount --bind /dev/null "$R/dev/null"
mount --bind /dev/urandom "$R/dev/urandom"
mount --bind "$TMP/volume" "$R$volume"
mount --rbind /proc "$R/proc"
# As the kubelet puts a service account's files there.
account=/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$R$account" "$TMP/account"
mount --bind "$TMP/account" "$R$account"
mount -o remount,ro closure "$R" || exit 1

# box COMMAND...: PID 1 of the closure, user 65532, an environment of $POD
POD=
box()
{
	# shellcheck disable=SC2016,SC2086
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin MODE="$MODE" $POD \
	    unshare --pid --fork --mount sh -c '
		root=$1
		shift
		mount -t proc proc "$root/proc" 2>/dev/null
		if [ "$MODE" = root ]; then
			exec chroot --userspec=65532:65532 "$root" "$@"
		fi
		exec unshare --user --map-user=65532 --map-group=65532 \
		    --root="$root" --wd=/ "$@"' \
	    box "$R" "$@" >"$TMP/out" 2>"$TMP/err"
	RC=$?
}

own()
{
	[ "$MODE" = user ] || chown -R 65532:65532 "$TMP/volume"
}

# on the volume, in the box
tool()
{
	name_of=$1
	shift
	box "/usr/local/bin/$name_of" -f "$volume/model.yaml" --now "$NOW" "$@"
}

t 'in the closure: every tool starts'
for program in "$BIN"/*; do
	box "/usr/local/bin/${program##*/}" --version
	want 0
	shows "${program##*/}"
done

# A shell is brought in from outside, to look around.
mkdir "$TMP/tools"
cp "$(command -v getent)" "$(command -v dash)" "$TMP/tools"
visit()
{
	mount --bind "$TMP/tools" "$R/var/cache/modelsync"
	box "$@"
	umount "$R/var/cache/modelsync"
}

t 'in the closure: PID 1, user 65532, a root that cannot be written'
# shellcheck disable=SC2016
visit /var/cache/modelsync/dash -c 'echo "pid $$"
while read -r key value rest; do
	[ "$key" != Uid: ] || echo "user $value"
done </proc/self/status
for folder in / /tmp /etc /usr/local/bin; do
	(: >"$folder/file") && echo "wrote $folder"
done'
shows 'pid 1' 'user 65532'
grep -q wrote "$TMP/out" && wrong "$(cat "$TMP/out")"
box /bin/sh -c true
[ "$RC" -ne 0 ] || wrong 'there is a shell'

t 'in the closure: names, from a file, by glibc alone'
echo '192.0.2.7 kube.example' >"$TMP/hosts"
mount --bind "$TMP/hosts" "$R/etc/hosts"
visit /var/cache/modelsync/getent hosts kube.example
want 0
shows 192.0.2.7

# The sample of manifests/embedded, as a volume has it.
cp "$sample/model.yaml" "$TMP/volume"
cp -R "$sample/events" "$TMP/volume"
cp -R "$sample/config" "$TMP/work"
git -C "$TMP/work" init -q -b main
git -C "$TMP/work" add .
git -C "$TMP/work" commit -q -m 'Start the deployment'
git clone -q --bare "$TMP/work" "$TMP/volume/config"
own

t 'in the closure: the loop: build, train, settled'
NOW=2026-11-02T08:00:00Z
tool train-model
want 0 verb=build
tool train-model
want 0 verb=train
is "$(find "$TMP/volume/models/models" -mindepth 1 -maxdepth 1 | wc -l)" 1 \
    models
tool train-model
want 0 end=settled

t 'in the closure: the review, on a volume it cannot write'
mount -o remount,bind,ro "$R$volume"
tool deploy-model -n -o markdown --held-ok
want 0
shows auto-update leatworks-issues-
tool train-model -n -o markdown --held-ok
want 0
mount -o remount,bind,rw "$R$volume"

t 'in the closure: the proposal'
tool deploy-model
want 0 verb=push
git -c safe.directory='*' -C "$TMP/volume/config" rev-parse -q --verify \
    refs/heads/auto-update >/dev/null || wrong 'no branch was made'

t 'in the closure: time zones, a window in Europe/London'
sed -i 's|maximumAge: 24h|&\n    windows: [{days: Mon-Fri, from: "08:00", to: "18:00", timeZone: Europe/London}]|' \
    "$TMP/volume/model.yaml"
cp "$sample"/later/*.json "$TMP/volume/events"
own
NOW=2027-03-29T06:59:59Z
tool train-model
want 0 'outside every window' 'the next opens at 2027-03-29T07:00:00Z'
NOW=2027-03-29T07:00:00Z
tool train-model -n --held-ok
want 0 verb=build

t 'in the closure: as a pod, under a Lease object'
world_start --tls --rate 1 --now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" || exit 1
cp "$WORLD_TOKEN" "$TMP/account/token"
cp "$WORLD_CA" "$TMP/account/ca.crt"
printf ml >"$TMP/account/namespace"
chmod -R a+rX "$TMP/account"
printf '[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ml"}},%s]' \
    "$(lease train-model-leatworks-issues)" >"$TMP/objects"
world_put "$TMP/objects"
port=${WORLD_URL##*:}
POD="KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$port POD_UID=12"
sed 's/^    file: {directory: .*/    kubernetes: {}/
    s/store: models/store: pod/' "$sample/model.yaml" >"$TMP/volume/model.yaml"
own
box /usr/local/bin/train-model -f "$volume/model.yaml"
want 0 verb=build model=ml/
is "$(world_record '[.method, .status]' | tr '\n' ' ')" \
    '["GET",200] ["PUT",200] ["PUT",200] ' exchanges
box /usr/local/bin/train-model -f "$volume/model.yaml"
want 0 verb=train

umount -l "$TMP/new" "$TMP/volume"
finish_all
finish_all
