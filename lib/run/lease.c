#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaselog.h"
#include "run/leasestate.h"
#include "run/signals.h"
#include "run/when.h"

#define SLACK		5		/* s of grace before it is over */
#define CLOCK_SLACK	(5 * 60)	/* s a clock may be off */
#define MOMENT		50000000L	/* ns between two looks at a lock */
#define LOOKS		40		/* at one that nobody is named for */
#define LOG_CEILING	8192		/* bytes of the log (design 4) */

struct lease {
	struct lease_terms	 terms;
	const char		*name;
	struct leasefile	*file;	/* one of the two */
	struct leasekube	*object;
	long			 began;	/* boot_clock() before the read */
	time_t			 now;
	bool			 held;
	struct lease_state	 state;
};

struct guard {
	struct lease	*lease;
	bool		 spent;
	bool		 doubt;		/* nobody knows what became of it */
	long		 duration;	/* s from lease->began */
};

static const char *
dump(const struct log *log)
{
	json_t		*json = leaselog_encode(log);
	char		*text = json == NULL ? NULL :
			    json_dumps(json, JSON_COMPACT);
	const char	*kept = text == NULL ? NULL : keepf("%s", text);

	json_decref(json);
	free(text);
	return kept;
}

const char *
lease_log_text(struct log *log, struct error *error)
{
	const char	*text = dump(log);

	while (text != NULL && strlen(text) > LOG_CEILING &&
	    log->noutcomes > 0) {
		memmove(log->outcome, log->outcome + 1,
		    --log->noutcomes * sizeof(log->outcome[0]));
		text = dump(log);
	}
	if (text == NULL)
		error_set(error, BROKEN, "the log cannot be told as JSON (a "
		    "name in it is not UTF-8)");
	else if (strlen(text) > LOG_CEILING) {
		error_set(error, BROKEN, "the log has more than %d bytes",
		    LOG_CEILING);
		text = NULL;
	}
	return text;
}

/* When the holder's time is over (rule 6). */
static time_t
lapses(const struct lease *l)
{
	long	 most = l->terms.longest;
	long	 duration = l->state.duration;

	return l->state.renewed +
	    (most > 0 && most < duration ? most : duration) + SLACK;
}

/*
 * Whether whoever announced the open intent is gone for good (rule 8).  A
 * lock of the kernel that is free proves it; an object's time must be over.
 */
static bool
is_orphaned(const struct lease *l)
{
	const struct intent	*i = l->state.log->intent;

	return i == NULL || l->file != NULL ||
	    l->now > i->at + i->duration + SLACK;
}

/*
 * Between the lock and the state's rename nobody is named: a moment, after
 * which somebody is.
 */
static int
read_file(struct lease *l, struct error *error)
{
	const struct timespec	 moment = { .tv_nsec = MOMENT };
	int			 looks = 0;

	l->now = l->terms.now != 0 ? l->terms.now : time(NULL);
	do {
		if (looks > 0)
			nanosleep(&moment, NULL);
		l->file = leasefile_read(l->terms.directory, l->name,
		    &l->state, &l->held, error);
	} while (l->file != NULL && l->held &&
	    l->state.holder[0] == '\0' && ++looks < LOOKS);
	return l->file == NULL ? -1 : 0;
}

/* The server's clock is the clock; a node far off it must not go on. */
static int
read_object(struct lease *l, struct error *error)
{
	time_t	 node = time(NULL);

	l->object = leasekube_read(&(struct leasekube_terms){
	    .kube = l->terms.kube, .name = l->name,
	    .create = l->terms.create, .listed = l->terms.listed,
	    .object = l->terms.object, .owner = l->terms.owner,
	    .date = l->terms.date }, &l->state, &l->now, error);
	if (l->object == NULL)
		return -1;
	if (l->now > node + CLOCK_SLACK || l->now < node - CLOCK_SLACK)
		return error_set(error, RETRY, "it is %s on this node and "
		    "%s on the API server: set the node's clock",
		    when_text(node), when_text(l->now));
	if (l->terms.now != 0)
		l->now = l->terms.now;
	l->held = l->state.holder[0] != '\0' && l->now <= lapses(l);
	return 0;
}

struct lease *
lease_read(const struct lease_terms *terms, struct error *error)
{
	struct lease	*l = keep(sizeof(*l));

	l->began = terms->listed ? terms->began : boot_clock();
	l->terms = *terms;
	l->name = keepf("%s-%s", terms->tool, terms->model);
	if ((terms->kube != NULL ? read_object(l, error) :
	    read_file(l, error)) == -1)
		return NULL;
	if (l->state.renewed > l->now + CLOCK_SLACK) {
		error_set(error, RETRY, "%s: written at %s, but it is "
		    "%s now: one clock is wrong", lease_name(l),
		    when_text(l->state.renewed), when_text(l->now));
		return NULL;
	}
	l->state.log->orphaned = is_orphaned(l);
	return l;
}

const struct log *
lease_log(const struct lease *l)
{
	return l->state.log;
}

time_t
lease_now(const struct lease *l)
{
	return l->now;
}

const char *
lease_name(const struct lease *l)
{
	return l->file != NULL ? keepf("Lease %s", leasefile_path(l->file)) :
	    l->object != NULL ? leasekube_path(l->object) :
	    keepf("Lease %s", l->name);
}

bool
lease_is_missing(const struct lease *l)
{
	return l->object != NULL && !l->terms.listed &&
	    !leasekube_exists(l->object);
}

const char *
lease_holder(const struct lease *l, bool *overdue)
{
	time_t	 until = l->state.renewed + l->state.duration;

	*overdue = false;
	if (!l->held)
		return NULL;
	/* Its run is over, and a program that it started is not. */
	if (l->state.holder[0] == '\0') {
		*overdue = true;
		return keepf("a process that no run owns (see fuser(1) on "
		    "its .lock file)");
	}
	/* An object's time can be renewed, which no run of ours does. */
	*overdue = l->now > until + SLACK || (l->state.acquired != 0 &&
	    l->terms.longest != 0 && l->now > l->state.acquired +
	    l->terms.longest + SLACK && l->now > l->state.acquired +
	    l->state.duration + SLACK);
	return keepf("%s since %s, until %s at the latest", l->state.holder,
	    when_text(l->state.acquired), when_text(until));
}

time_t
lease_since(const struct lease *l)
{
	if (!l->held)
		return 0;
	return l->state.acquired != 0 ? l->state.acquired : l->now;
}

/* A pod's name is its host name; its UID tells two of the same name apart. */
static const char *
identity(void)
{
	const char	*uid = getenv("POD_UID");
	char		 host[HOST_NAME_MAX + 1];

	if (gethostname(host, sizeof(host)) == -1)
		strlcpy(host, "localhost", sizeof(host));
	host[sizeof(host) - 1] = '\0';
	return uid != NULL && *uid != '\0' ? keepf("%s/%s", host, uid) :
	    keepf("%s:%ld", host, (long)getpid());
}

static int
lock(struct lease *l, struct error *error)
{
	return l->file == NULL ? 0 : leasefile_lock(l->file, error);
}

static void
unlock(struct lease *l)
{
	if (l->file != NULL)
		leasefile_unlock(l->file);
}

static int
write_state(struct lease *l, struct error *error)
{
	return l->file != NULL ? leasefile_write(l->file, &l->state, error) :
	    leasekube_write(l->object, &l->state, error);
}

/* The one maker of guards, and the one place that knows of dry runs. */
static int
hold(struct lease *l, const struct intent *intent, long duration,
    struct guard **guard, struct error *error)
{
	struct lease_state	*s = &l->state;
	int			 rv;

	if (l->terms.dry)
		return error_set(error, BROKEN, "a dry run takes no Lease");
	if ((rv = lock(l, error)) != 0)
		return rv;
	s->holder = identity();
	s->acquired = s->renewed = l->now;
	s->duration = duration;
	s->transitions++;
	s->log->intent = keep(sizeof(*intent));
	*s->log->intent = *intent;
	if ((rv = write_state(l, error)) != 0) {
		unlock(l);
		return rv;
	}
	*guard = keep(sizeof(**guard));
	**guard = (struct guard){ .lease = l, .duration = duration };
	return 0;
}

int
lease_take(struct lease *l, const struct intent *intent, struct guard **guard,
    struct error *error)
{
	if (l->state.log->intent != NULL)
		return error_set(error, BROKEN, "%s: an intent is open",
		    lease_name(l));
	if (lease_is_missing(l))
		return error_set(error, BROKEN, "%s: there is none",
		    lease_name(l));
	return hold(l, intent, intent->duration, guard, error);
}

int
lease_resume(struct lease *l, long duration, struct guard **guard,
    struct error *error)
{
	if (l->state.log->intent == NULL)
		return error_set(error, BROKEN, "%s: no intent is open",
		    lease_name(l));
	return hold(l, l->state.log->intent, duration, guard, error);
}

int
lease_make(struct lease *l, struct error *error)
{
	struct lease_state	*s = &l->state;

	if (l->terms.dry)
		return error_set(error, BROKEN, "a dry run makes no Lease");
	s->holder = "nobody (made anew: its memory was gone)";
	s->acquired = s->renewed = l->now;
	s->duration = l->terms.longest;
	return write_state(l, error);
}

int
lease_drop(struct guard *g, const char *result, const char *name,
    struct error *error)
{
	struct lease	*l = g->lease;
	int		 rv;

	g->spent = true;
	leaselog_end(l->state.log, g->doubt ? "unknown" : result, name,
	    l->now);
	l->state.holder = "";
	rv = write_state(l, error);
	unlock(l);
	return rv == 1 ? error_set(error, RETRY, "%s: another run has taken "
	    "it meanwhile; how this step ended could not be noted",
	    lease_name(l)) : rv;
}

int
lease_close(struct lease *l, const char *result, const char *name,
    struct error *error)
{
	int	 rv;

	if (l->terms.dry)
		return error_set(error, BROKEN, "a dry run closes no intent");
	if ((rv = lock(l, error)) != 0)
		return rv;
	leaselog_end(l->state.log, result, name, l->now);
	l->state.holder = "";
	l->state.renewed = l->now;
	if (l->state.duration == 0)	/* its spec was taken away */
		l->state.duration = LEASE_MARGIN;
	rv = write_state(l, error);
	unlock(l);
	return rv;
}

long
guard_left(const struct guard *g)
{
	return g->duration - (boot_clock() - g->lease->began) / 1000;
}

int
guard_check(const struct guard *g, struct error *error)
{
	const struct lease	*l = g->lease;

	if (g->spent)
		return error_set(error, BROKEN, "a second action in one run");
	if (signals_stopping())
		return error_set(error, RETRY, "told to end before the "
		    "action; nothing was done");
	if (guard_left(g) <= 0)
		return error_set(error, RETRY, "%s lapsed before the action; "
		    "nothing was done", lease_name(l));
	if (l->file != NULL && !leasefile_stands(l->file))
		return error_set(error, RETRY, "%s: its .lock file was "
		    "removed while it was held; nothing was done",
		    lease_name(l));
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

bool
guard_is_spent(const struct guard *g)
{
	return g->spent;
}

void
guard_doubt(struct guard *g, bool doubt)
{
	g->doubt = doubt;
}

bool
guard_is_in_doubt(const struct guard *g)
{
	return g->doubt;
}

int
guard_lock(const struct guard *g)
{
	return g->lease->file == NULL ? -1 : leasefile_fd(g->lease->file);
}
