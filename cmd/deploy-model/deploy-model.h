/*
 * deploy-model: git names the best eligible model, everywhere it is named.
 */

#ifndef DEPLOY_MODEL_H
#define DEPLOY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct bytes;
struct config;
struct evaluation;
struct forge;
struct forge_request;
struct forge_requests;
struct google;
struct log;
struct marks;
struct places;
struct registry;
struct repo;

enum phase { ABSENT, RUNNING, DONE, FAILED, UNREADABLE, OVERDUE };

/* What became of the step that an open intent announced. */
enum effect { EFFECT_UNKNOWN, EFFECT_DONE, EFFECT_FAILED, EFFECT_LOST };

/* A model that might be proposed. */
struct candidate {
	const char		*id;
	const char		*generation;
	time_t			 created;
	const struct evaluation	*evaluation;	/* NULL: none */
	const char		*unread;	/* why there is none; NULL */
	enum phase		 serving;	/* DONE: can serve */
	const char		*serving_why;	/* how it stands else; NULL */
	time_t			 served_since;	/* 0: not known */
	bool			 routed;	/* it gets traffic */
	bool			 ours;		/* made by us */
	const char		*deployment;	/* its id there; NULL */
	const char		*rolled_back;	/* by what, in words; NULL */
	const char		*rejected;	/* request closed; NULL */
	time_t			 merged;	/* its last request was; 0 */
	long			 merged_as;	/* that one's number */
};

/* A place of base that does not hold the live value. */
struct copy {
	const char	*where;		/* file:line:column */
	const char	*value;
	bool		 left_behind;	/* ours to make equal */
	const char	*commit;	/* that set it, in words; "" */
};

/* A branch of ours that is there. */
struct own {
	const char	*name;
	const char	*oid;
};

/* The proposal as it stands. */
struct branch {
	const char	*name;		/* job->head_name, or that of an open
					   request or of an older model */
	const char	*oid;		/* NULL: it is not there */
	bool		 exists;	/* with commits that base has not */
	const char	*differs;	/* a place that names another model, and
					   which, in words; NULL: none */
	const char	*values;	/* the model its places name; NULL */
	const char	*held;		/* by whose commit, in words; NULL */
	const char	*stale;		/* marked file changed on base; NULL */
	time_t		 since;
};

enum request_state { REQUEST_NONE, REQUEST_OPEN };

/* The pull request, where a forge is configured. */
struct request {
	bool			 forge;
	enum request_state	 state;
	long			 number;
	const char		*head;		/* the branch it is from */
	const char		*names;		/* model in its text; NULL */
	const char		*from;		/* what it replaces; NULL */
	const char		*title;
	const char		*sha;		/* of its head, as it knows */
	bool			 conflict;	/* the forge reports one */
	const char		*elsewhere;	/* one of ours at another base
						   or from another repository,
						   and what to do; NULL */
	const char		*taken;		/* one of somebody else's
						   from our branch; NULL */
	struct forge_request	*open;		/* for the act */
	time_t			 since;
};

/* A file of base that has marked places, and what the step makes of it. */
struct edited {
	const char		*path;
	const char		*oid;
	const struct marks	*marks;
	const struct places	*places;
	struct bytes		*was;
	struct bytes		*is;		/* empty: as it was */
};

struct job {
	/* what is wanted */
	const struct config	*config;
	bool			 dry;	/* nothing may be written */

	/* what was observed */
	const struct log	*log;
	enum effect		 effect;	/* of log->intent */
	const char		*effect_name;	/* what came of it; NULL */
	const char		*left_lock;	/* its dead run's; NULL: none */
	struct candidate	*model;		/* sorted by created, id */
	size_t			 nmodels;
	size_t			 nplaces;	/* marked, on base */
	const char		*live;		/* the value at its place */
	const char		*live_where;	/* file:line:column */
	const char		*live_commit;	/* that set it, in words */
	bool			 live_empty;	/* or a placeholder */
	bool			 live_ours;	/* of the form of our ids */
	time_t			 live_time;	/* when it is not listed */
	struct copy		*copy;
	size_t			 ncopies;
	enum phase		 live_serving;
	bool			 answering;	/* the endpoint has traffic */
	/*
	 * Where the candidate is proposed: config->head, or its own branch;
	 * without a candidate, the branch that is read.
	 */
	const char		*head_name;
	struct own		*own;		/* our branches */
	size_t			 nown;
	struct branch		 branch;
	struct own		*spent;		/* whose request is over, and
						   that may go; NULL */
	struct request		 request;

	/* for the draft and the act */
	time_t			 now;	/* of the run */
	struct registry		*registry;
	struct google		*google;	/* NULL: no cloud */
	struct forge		*forge;		/* NULL: no requests */
	struct repo		*repo;
	char			 base[41], head[41];	/* "" when absent */
	struct forge_requests	*requests;	/* NULL: no forge */
	struct edited		*file;
	size_t			 nfiles;
};

#endif
