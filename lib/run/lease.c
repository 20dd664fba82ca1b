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
#include "run/when.h"

#define CEILING		(64 * 1024)	/* of a state file; ours are below 9 */
#define LARGEST		((json_int_t)1 << 53)	/* JSON's last exact count */
#define SLACK		5		/* s of grace before "overdue" */
#define CLOCK_SLACK	(5 * 60)	/* s a node's clock may be off */

struct state {
	json_int_t	 revision;	/* 0: there is no file yet */
	const char	*holder;	/* "": free */
	time_t		 acquired, renewed;
	long		 duration;
	json_int_t	 transitions;
	struct log	 log;
};

struct lease {
	struct lease_terms	 terms;
	const char		*name;
	const char		*lock_path, *state_path, *temp_path;
	struct timespec		 began;	/* CLOCK_BOOTTIME before the read */
	time_t			 now;
	bool			 held;
	struct state		 state;
};

struct guard {
	struct lease	*lease;
	int		 fd;
	bool		 spent;
	long		 duration;	/* s from lease->began */
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
decode(const char *path, json_t *json, struct state *state,
    struct error *error)
{
	const char	*acquired, *renewed;
	json_t		*log;
	json_error_t	 why;
	json_int_t	 duration, version;

	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{sI sI ss ss ss sI sI so}", "version", &version,
	    "revision", &state->revision, "holder", &state->holder,
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
	    state->revision < 1 || state->revision > LARGEST ||
	    state->transitions < 0 || state->transitions > LARGEST ||
	    duration < 0 || duration > INT_MAX)
		return error_set(error, BROKEN, "Lease %s: a time, a count "
		    "or the duration makes no sense", path);
	state->duration = (long)duration;
	if (leaselog_decode(log, &state->log, error) == -1)
		return error_in(error, "Lease %s", path);
	return 0;
}

static int
read_state(const char *path, struct state *state, struct error *error)
{
	struct bytes	 b;
	json_error_t	 why;
	json_t		*json;
	int		 rv;

	*state = (struct state){ .holder = "" };
	state->log.memo = keep_json(json_object());
	if ((rv = bytes_read(path, CEILING, &b, error)) == -1)
		return error_in(error, "Lease");
	if (rv == 1)
		return 0;
	json = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, &why);
	bytes_free(&b);
	if (json == NULL)
		return error_set(error, BROKEN, "Lease %s:%d: %s; look at it "
		    "and repair or remove it", path, why.line, why.text);
	return decode(path, keep_json(json), state, error);
}

struct lease *
lease_read(const struct lease_terms *terms, struct error *error)
{
	struct lease	*l = keep(sizeof(*l));

	clock_gettime(CLOCK_BOOTTIME, &l->began);
	l->terms = *terms;
	l->now = terms->now != 0 ? terms->now : time(NULL);
	l->name = keepf("%s-%s", terms->tool, terms->model);
	l->lock_path = keepf("%s/%s.lock", terms->directory, l->name);
	l->state_path = keepf("%s/%s.json", terms->directory, l->name);
	l->temp_path = keepf("%s/%s.new", terms->directory, l->name);
	/* The lock before the state: who let go in between has written it. */
	if (look(l->lock_path, &l->held, error) == -1 ||
	    read_state(l->state_path, &l->state, error) == -1)
		return NULL;
	if (l->state.renewed > l->now + CLOCK_SLACK) {
		error_set(error, RETRY, "Lease %s: written at %s, but it is "
		    "%s here: set this machine's clock", l->state_path,
		    when_text(l->state.renewed), when_text(l->now));
		return NULL;
	}
	return l;
}

const struct log *
lease_log(const struct lease *l)
{
	return &l->state.log;
}

time_t
lease_now(const struct lease *l)
{
	return l->now;
}

const char *
lease_name(const struct lease *l)
{
	return l->name;
}

const char *
lease_holder(const struct lease *l, bool *overdue)
{
	time_t	 until = l->state.renewed + l->state.duration;

	*overdue = false;
	if (!l->held)
		return NULL;
	/* Between the lock and the state's rename nobody is named. */
	if (l->state.holder[0] == '\0')
		return "another run, just begun";
	*overdue = l->now > until + SLACK;
	return keepf("%s since %s, until %s at the latest", l->state.holder,
	    when_text(l->state.acquired), when_text(until));
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
store_text(const struct lease *l, const char *text, struct error *error)
{
	int	 fd;
	bool	 good;

	fd = open(l->temp_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (fd == -1)
		return error_errno(error, BROKEN, "Lease %s", l->temp_path);
	good = write_all(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
	if (close(fd) == -1 || !good ||
	    rename(l->temp_path, l->state_path) == -1 ||
	    sync_folder(l->terms.directory) == -1) {
		error_errno(error, RETRY, "Lease %s", l->state_path);
		unlink(l->temp_path);
		return -1;
	}
	return 0;
}

static int
write_state(struct lease *l, struct error *error)
{
	struct state	*s = &l->state;
	json_t		*json;
	char		*text;
	int		 rv;

	s->revision++;
	json = json_pack("{sI sI ss ss ss sI sI so}", "version",
	    (json_int_t)1, "revision", s->revision, "holder", s->holder,
	    "acquireTime", when_text(s->acquired), "renewTime",
	    when_text(s->renewed), "leaseDurationSeconds",
	    (json_int_t)s->duration, "leaseTransitions", s->transitions,
	    "log", leaselog_encode(&s->log));
	if (json == NULL ||
	    (text = json_dumps(json, JSON_COMPACT)) == NULL) {
		json_decref(json);
		return error_set(error, BROKEN, "Lease %s: cannot be told as "
		    "JSON (a name in it is not UTF-8)", l->state_path);
	}
	rv = store_text(l, keepf("%s\n", text), error);
	free(text);
	json_decref(json);
	return rv;
}

/*
 * The lock, with the state it guards unchanged since it was read: because
 * everything else was read later, nobody has acted on what we saw.
 */
static int
lock(struct lease *l, int *fd, struct error *error)
{
	struct flock	 lck;
	struct state	 now;

	if (mkdir(l->terms.directory, 0755) == -1 && errno != EEXIST)
		return error_errno(error, BROKEN, "Lease folder %s",
		    l->terms.directory);
	*fd = open(l->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (*fd == -1)
		return error_errno(error, BROKEN, "Lease %s", l->lock_path);
	if (probe(*fd, F_OFD_SETLK, &lck) == -1) {
		close(*fd);
		if (errno != EAGAIN && errno != EACCES)
			return error_errno(error, BROKEN, "Lease %s",
			    l->lock_path);
		error_set(error, SETTLED, "another run took the Lease first");
		return 1;
	}
	if (read_state(l->state_path, &now, error) == -1) {
		close(*fd);
		return -1;
	}
	if (now.revision != l->state.revision) {
		close(*fd);
		error_set(error, SETTLED, "another run acted after this one "
		    "began to look");
		return 1;
	}
	return 0;
}

static const char *
identity(void)
{
	char	 host[HOST_NAME_MAX + 1];

	if (gethostname(host, sizeof(host)) == -1)
		strlcpy(host, "localhost", sizeof(host));
	host[sizeof(host) - 1] = '\0';
	return keepf("%s:%ld", host, (long)getpid());
}

/* The one maker of guards, and the one place that knows of dry runs. */
static int
hold(struct lease *l, const struct intent *intent, long duration,
    struct guard **guard, struct error *error)
{
	struct state	*s = &l->state;
	int		 fd, rv;

	if (l->terms.dry)
		return error_set(error, BROKEN, "a dry run takes no Lease");
	if ((rv = lock(l, &fd, error)) != 0)
		return rv;
	s->holder = identity();
	s->acquired = s->renewed = l->now;
	s->duration = duration;
	s->transitions++;
	s->log.intent = keep(sizeof(*intent));
	*s->log.intent = *intent;
	if (write_state(l, error) == -1) {
		close(fd);
		return -1;
	}
	*guard = keep(sizeof(**guard));
	**guard = (struct guard){ .lease = l, .fd = fd,
	    .duration = duration };
	return 0;
}

int
lease_take(struct lease *l, const struct intent *intent, struct guard **guard,
    struct error *error)
{
	if (l->state.log.intent != NULL)
		return error_set(error, BROKEN, "Lease %s: an intent is open",
		    l->state_path);
	return hold(l, intent, intent->duration, guard, error);
}

int
lease_resume(struct lease *l, long duration, struct guard **guard,
    struct error *error)
{
	if (l->state.log.intent == NULL)
		return error_set(error, BROKEN, "Lease %s: no intent is open",
		    l->state_path);
	return hold(l, l->state.log.intent, duration, guard, error);
}

int
lease_drop(struct guard *g, const char *result, const char *name,
    struct error *error)
{
	struct lease	*l = g->lease;
	int		 rv;

	g->spent = true;
	leaselog_end(&l->state.log, result, name, l->now);
	l->state.holder = "";
	rv = write_state(l, error);
	close(g->fd);
	return rv;
}

int
lease_close(struct lease *l, const char *result, struct error *error)
{
	int	 fd, rv;

	if (l->terms.dry)
		return error_set(error, BROKEN, "a dry run closes no intent");
	if ((rv = lock(l, &fd, error)) != 0)
		return rv;
	leaselog_end(&l->state.log, result, NULL, l->now);
	l->state.holder = "";
	l->state.renewed = l->now;
	rv = write_state(l, error);
	close(fd);
	return rv;
}

int
guard_check(const struct guard *g, struct error *error)
{
	const struct timespec	*began = &g->lease->began;
	struct timespec		 now;

	if (g->spent)
		return error_set(error, BROKEN, "a second action in one run");
	clock_gettime(CLOCK_BOOTTIME, &now);
	if (now.tv_sec - began->tv_sec >= g->duration)
		return error_set(error, RETRY, "the Lease %s lapsed before "
		    "the action; nothing was done", g->lease->name);
	return 0;
}

int
guard_spend(struct guard *g, struct error *error)
{
	if (guard_check(g, error) == -1)
		return -1;
	g->spent = true;
	return 0;
}

int
guard_lock(const struct guard *g)
{
	return g->fd;
}
