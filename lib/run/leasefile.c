#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaselog.h"
#include "run/leasestate.h"
#include "run/when.h"

#define CEILING		(64 * 1024)	/* of a state file; ours are below 9 */
#define LARGEST		((json_int_t)1 << 53)	/* JSON's last exact count */

struct leasefile {
	const char	*directory;
	const char	*lock_path, *state_path, *temp_path;
	json_int_t	 revision;	/* as read or written; 0: no file */
	int		 fd;		/* with the lock; -1 */
};

static int
probe(int fd, int command, struct flock *lock)
{
	*lock = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, command, lock);
}

/* Looks at the lock without touching it, so that no reader is in the way. */
static int
look(const char *path, bool *held, struct error *error)
{
	struct flock	 lock;
	int		 fd, rv = 0;

	*held = false;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno == ENOENT)
			return 0;
		return error_errno(error, BROKEN, "Lease %s", path);
	}
	if (probe(fd, F_OFD_GETLK, &lock) == -1)
		rv = error_errno(error, BROKEN, "Lease %s", path);
	*held = rv == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return rv;
}

static int
decode(const char *path, json_t *json, struct lease_state *state,
    json_int_t *revision, struct error *error)
{
	const char	*acquired, *renewed;
	json_t		*log;
	json_error_t	 why;
	json_int_t	 duration, version;

	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{sI sI ss ss ss sI sI so}", "version", &version,
	    "revision", revision, "holder", &state->holder,
	    "acquireTime", &acquired, "renewTime", &renewed,
	    "leaseDurationSeconds", &duration,
	    "leaseTransitions", &state->transitions, "log", &log) == -1)
		return error_set(error, BROKEN, "Lease %s: %s", path,
		    why.text);
	if (version != 1)
		return error_set(error, BROKEN, "Lease %s: version %lld, "
		    "this program knows 1", path, (long long)version);
	if (when_parse(acquired, &state->acquired) == -1 ||
	    when_parse(renewed, &state->renewed) == -1 ||
	    *revision < 1 || *revision > LARGEST ||
	    state->transitions < 0 || state->transitions > LARGEST ||
	    duration < 0 || duration > INT_MAX)
		return error_set(error, BROKEN, "Lease %s: a time, a count "
		    "or the duration makes no sense", path);
	state->duration = (long)duration;
	if (leaselog_decode(log, state->log, error) == -1)
		return error_in(error, "Lease %s", path);
	return 0;
}

static int
read_state(const char *path, struct lease_state *state, json_int_t *revision,
    struct error *error)
{
	struct bytes	 b;
	json_error_t	 why;
	json_t		*json;
	int		 rv;

	*revision = 0;
	*state = (struct lease_state){ .holder = "",
	    .log = keep(sizeof(struct log)) };
	state->log->memo = keep_json(json_object());
	if ((rv = bytes_read(path, CEILING, &b, error)) == -1)
		return error_in(error, "Lease");
	if (rv == 1)
		return 0;
	json = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, &why);
	bytes_free(&b);
	if (json == NULL)
		return error_set(error, BROKEN, "Lease %s:%d: %s; look at it "
		    "and repair or remove it", path, why.line, why.text);
	return decode(path, keep_json(json), state, revision, error);
}

struct leasefile *
leasefile_read(const char *directory, const char *name,
    struct lease_state *state, bool *held, struct error *error)
{
	struct leasefile	*f = keep(sizeof(*f));

	f->directory = directory;
	f->lock_path = keepf("%s/%s.lock", directory, name);
	f->state_path = keepf("%s/%s.json", directory, name);
	f->temp_path = keepf("%s/%s.new", directory, name);
	f->fd = -1;
	/* The lock before the state: who let go in between has written it. */
	if (look(f->lock_path, held, error) == -1 ||
	    read_state(f->state_path, state, &f->revision, error) == -1)
		return NULL;
	return f;
}

const char *
leasefile_path(const struct leasefile *f)
{
	return f->state_path;
}

int
leasefile_fd(const struct leasefile *f)
{
	return f->fd;
}

bool
leasefile_stands(const struct leasefile *f)
{
	struct stat	 ours, theirs;

	return fstat(f->fd, &ours) == 0 && stat(f->lock_path, &theirs) == 0 &&
	    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

void
leasefile_unlock(struct leasefile *f)
{
	close(f->fd);
	f->fd = -1;
}

/* The lock is ours: whether anybody acted since we read the state. */
static int
compare(struct leasefile *f, struct error *error)
{
	struct lease_state	 now;
	json_int_t		 revision;

	if (read_state(f->state_path, &now, &revision, error) == -1)
		return -1;
	if (revision == f->revision)
		return 0;
	error_set(error, SETTLED, "another run acted after this one began "
	    "to look");
	return 1;
}

/*
 * The lock, with the state it guards unchanged since it was read: because
 * everything else was read later, nobody has acted on what we saw.
 */
int
leasefile_lock(struct leasefile *f, struct error *error)
{
	struct flock	 lock;
	int		 rv;

	if (mkdir(f->directory, 0755) == -1 && errno != EEXIST)
		return error_errno(error, BROKEN, "Lease folder %s",
		    f->directory);
	f->fd = open(f->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (f->fd == -1)
		return error_errno(error, BROKEN, "Lease %s", f->lock_path);
	if (probe(f->fd, F_OFD_SETLK, &lock) == -1) {
		rv = errno == EAGAIN || errno == EACCES ? 1 :
		    error_errno(error, BROKEN, "Lease %s", f->lock_path);
		if (rv == 1)
			error_set(error, SETTLED, "another run took the "
			    "Lease first");
	} else
		rv = compare(f, error);
	if (rv != 0)
		leasefile_unlock(f);
	return rv;
}

static int
write_all(int fd, const char *s, size_t len)
{
	ssize_t	 n;

	while (len > 0) {
		if ((n = write(fd, s, len)) == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
sync_folder(const char *path)
{
	int	 fd, rv;

	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	rv = fsync(fd);
	close(fd);
	return rv;
}

/* Replaces the state by rename, on the disk before it is believed. */
static int
store_text(const struct leasefile *f, const char *text, struct error *error)
{
	int	 fd;
	bool	 good;

	fd = open(f->temp_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (fd == -1)
		return error_errno(error, BROKEN, "Lease %s", f->temp_path);
	good = write_all(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
	if (close(fd) == -1 || !good ||
	    rename(f->temp_path, f->state_path) == -1 ||
	    sync_folder(f->directory) == -1) {
		error_errno(error, RETRY, "Lease %s", f->state_path);
		unlink(f->temp_path);
		return -1;
	}
	return 0;
}

int
leasefile_write(struct leasefile *f, const struct lease_state *s,
    struct error *error)
{
	json_t		*json;
	const char	*log;
	char		*text;
	int		 rv;

	if ((log = lease_log_text(s->log, error)) == NULL)
		return error_in(error, "Lease %s", f->state_path);
	f->revision++;
	json = json_pack("{sI sI ss ss ss sI sI so}", "version",
	    (json_int_t)1, "revision", f->revision, "holder", s->holder,
	    "acquireTime", when_text(s->acquired), "renewTime",
	    when_text(s->renewed), "leaseDurationSeconds",
	    (json_int_t)s->duration, "leaseTransitions", s->transitions,
	    "log", json_loads(log, 0, NULL));
	if (json == NULL || (text = json_dumps(json, JSON_COMPACT)) == NULL) {
		json_decref(json);
		return error_set(error, BROKEN, "Lease %s: cannot be told as "
		    "JSON (a name in it is not UTF-8)", f->state_path);
	}
	rv = store_text(f, keepf("%s\n", text), error);
	free(text);
	json_decref(json);
	return rv;
}
