#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "kube/kube.h"
#include "model/config.h"
#include "modelsync.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaseterms.h"
#include "run/leaselog.h"
#include "run/program.h"
#include "run/say.h"
#include "run/settings.h"
#include "run/signals.h"
#include "run/when.h"

#define PLAN_CEILING	(16 << 20)	/* bytes; a plan holds a whole diff */
#define TOLD		3		/* outcomes, in text */

/* The reconcilers of a document, in the order data flows through them. */
static const char *const	tools[] = { "train-model", "deploy-model" };

#define NTOOLS	(sizeof(tools) / sizeof(tools[0]))

struct request {
	const char	*file;
	const char	*now_text;	/* NULL: the clock's */
	time_t		 now;
	bool		 json;
};

/* One reconciler: what it would do, and what its Lease remembers. */
struct view {
	const char		*tool;
	int			 exit;		/* of its dry run */
	json_t			*plan;		/* NULL: it could make none */
	const char		*holder;	/* of the Lease; NULL: free */
	const struct log	*log;
};

/*
 * The reconciler itself says what it would do, in a dry run: nobody else
 * knows its decision table.
 */
static int
ask(const struct request *r, struct view *v, struct error *error)
{
	const char	*argv[] = { "-o", "json", "--held-ok", "-f", r->file,
			    r->now_text == NULL ? NULL : "-t", r->now_text,
			    NULL };
	struct bytes	 b;

	v->exit = program_plan(&(struct question){ .name = v->tool,
	    .argv = argv, .ceiling = PLAN_CEILING }, &b, error);
	if (v->exit == -1)
		return -1;
	v->plan = json_loadb(b.data, b.len, 0, NULL);
	bytes_free(&b);
	if (v->plan != NULL)
		keep_json(v->plan);
	return 0;
}

static int
look(const struct request *r, const struct config *c, struct view *v,
    struct error *error)
{
	struct lease_terms	 terms = { .tool = v->tool,
				    .model = c->name, .now = r->now,
				    .dry = true };
	struct lease		*l;
	bool			 overdue;

	if (lease_terms(c, SETTINGS_DEADLINE, &terms, error) == -1)
		return -1;
	signals_catch();
	signals_alarm(SETTINGS_DEADLINE);
	l = lease_read(&terms, error);
	signals_alarm(0);
	if (terms.kube != NULL)
		kube_close(terms.kube);
	if (l == NULL)
		return -1;
	v->holder = lease_holder(l, &overdue);
	v->log = lease_log(l);
	return ask(r, v, error);
}

static const char *
member(const json_t *json, const char *key)
{
	const char	*s = json_string_value(json_object_get(json, key));

	return s == NULL ? "" : s;
}

static void
line(const char *name, const char *value)
{
	printf("  %-22s ", name);
	say_text(stdout, value);
	putchar('\n');
}

static void
print_plan(const json_t *plan)
{
	const json_t	*fact;
	size_t		 i;

	json_array_foreach(json_object_get(plan, "observed"), i, fact)
		line(member(fact, "name"), member(fact, "value"));
	line("row", member(plan, "row"));
	line("because", member(plan, "why"));
	if (*member(plan, "hold") != '\0')
		line("held", member(plan, "hold"));
	else if (*member(plan, "verb") == '\0')
		line("next", "nothing to do");
	else
		line("next", keepf("%s %s", member(plan, "verb"),
		    member(plan, "target")));
}

static void
print_view(const struct view *v)
{
	const struct outcome	*o;
	size_t			 i, n = v->log->noutcomes;

	printf("\n%s\n", v->tool);
	if (v->plan != NULL)
		print_plan(v->plan);
	line("Lease", v->holder == NULL ? "free" :
	    keepf("held by %s", v->holder));
	if (v->log->intent != NULL)
		line("open intent", keepf("%s %s since %s",
		    v->log->intent->verb, v->log->intent->target,
		    when_text(v->log->intent->at)));
	if (v->log->failures > 0)
		line("failures in a row", keepf("%zu", v->log->failures));
	for (i = 0; i < n && i < TOLD; i++) {
		o = &v->log->outcome[n - 1 - i];
		line(i == 0 ? "last" : "before", keepf("%s at %s: %s %s",
		    o->result, when_text(o->at), o->verb, o->target));
	}
}

static json_t *
text_or_null(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

static void
print_json(const struct config *c, const struct view views[])
{
	json_t	*all = json_array(), *json;
	size_t	 i;

	for (i = 0; i < NTOOLS; i++)
		json_array_append_new(all, json_pack("{ss sI so? so so}",
		    "tool", views[i].tool, "exit", (json_int_t)views[i].exit,
		    "plan", json_incref(views[i].plan),
		    "holder", text_or_null(views[i].holder),
		    "log", leaselog_encode(views[i].log)));
	json = json_pack("{sI ss ss ss so}", "version", (json_int_t)1,
	    "model", c->owner, "document", c->hash, "specHash", c->spec_hash,
	    "tools", all);
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
}

/* 0; else the exit status of a usage that makes no sense. */
static int
read_request(int argc, char *argv[], struct request *r)
{
	static const struct option	options[] = {
		{ "config",	required_argument,	NULL, 'f' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "now",	required_argument,	NULL, 't' },
		{ NULL,		0,			NULL, 0 }
	};
	int				c;

	*r = (struct request){ .file = DOCUMENT };
	while ((c = getopt_long(argc, argv, "f:o:t:", options, NULL)) != -1)
		if (c == 'f')
			r->file = optarg;
		else if (c == 'o' && strcmp(optarg, "json") == 0)
			r->json = true;
		else if (c == 't' && when_parse(optarg, &r->now) == 0)
			r->now_text = optarg;
		else if (c != 'o' || strcmp(optarg, "text") != 0)
			return usage();
	return optind == argc ? 0 : usage();
}

int
status(int argc, char *argv[])
{
	struct view	 views[NTOOLS];
	struct request	 r;
	struct config	 c;
	struct error	 error;
	const char	*problems;
	size_t		 i;
	int		 rv, worst = SETTLED;

	if ((rv = read_request(argc, argv, &r)) != 0)
		return rv;
	if (config_read(r.file, &c, &problems, &error) == -1)
		return refuse(problems, &error);
	for (i = 0; i < NTOOLS; i++) {
		views[i] = (struct view){ .tool = tools[i] };
		if (look(&r, &c, &views[i], &error) == -1)
			return refuse("", &error);
		if (views[i].exit > worst)
			worst = views[i].exit;
	}
	if (r.json)
		print_json(&c, views);
	else {
		say_text(stdout, c.owner);
		putchar('\n');
		for (i = 0; i < NTOOLS; i++)
			print_view(&views[i]);
	}
	rv = finish();
	return rv == SETTLED ? worst : rv;
}
