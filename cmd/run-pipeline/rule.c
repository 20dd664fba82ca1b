#include <stdlib.h>
#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "run/error.h"
#include "run/keep.h"

#include "needs.h"
#include "sync.h"

/*
 * Rows of the tools' decision tables in which a sync may be needed, and
 * something else comes first: train-model(8) and deploy-model(8).
 */
static const struct {
	enum sync_rule	 rule;
	long		 row;
} before[] = {
	{ RULE_FRESHNESS, 2 },		/* open intent */
	{ RULE_FRESHNESS, 14 },		/* measure the data */
	{ RULE_DIFFERS, 2 },		/* open intent */
	{ RULE_DIFFERS, 12 },		/* make servable */
	{ RULE_DIFFERS, 13 }		/* another request in the way */
};

const char *
needs_tool(const struct sync *s)
{
	return s->rule == RULE_FRESHNESS ? "train-model" : "deploy-model";
}

static bool
comes_before(const struct sync *s, const char *row)
{
	long	 n = strtol(row, NULL, 10);
	size_t	 i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (before[i].rule == s->rule && before[i].row == n)
			return true;
	return false;
}

/* A log line in JSON has a reason; any other is one. */
static const char *
reason_of(const char *said)
{
	json_t		*line = json_loads(said, 0, NULL);
	const char	*why = line == NULL ? "" :
			    content_text(keep_json(line), "why");

	return *why != '\0' ? why : said;
}

static void
fail(const struct sync *s, int status, const char *why, struct refusal *r)
{
	refuse(r, "RuleFailed", "the model \"%s\" has no plan that counts: "
	    "%s ended with %d%s%s", s->model, needs_tool(s), status,
	    *why == '\0' ? "" : ": ", why);
}

/* The value that git would get is the model's id, not its generation. */
static void
judge(const struct sync *s, const json_t *plan, int status, struct needs *n,
    struct refusal *r)
{
	const char	*verb = content_text(plan, "verb");
	const char	*hold = content_text(plan, "hold");
	const char	*row = content_text(plan, "row");
	const char	*name = content_text(plan, s->rule == RULE_DIFFERS ?
			    "candidate" : "generation");
	bool		 needed;

	/* A generation that is open already is in other hands. */
	needed = s->rule == RULE_FRESHNESS ? strcmp(verb, "build") == 0 ||
	    strcmp(verb, "choose") == 0 : strcmp(verb, "push") == 0;
	if (*hold != '\0') {
		n->state = NEEDS_HELD;
		refuse(r, "ModelHeld", "%s holds the model \"%s\": %s",
		    needs_tool(s), s->model, hold);
	} else if (comes_before(s, row)) {
		n->state = NEEDS_LATER;
		refuse(r, "RuleWaits", "%s of the model \"%s\" does "
		    "something else first (%s): %s", needs_tool(s), s->model,
		    row, content_text(plan, "why"));
	} else if (needed && *name == '\0')
		fail(s, status, "it names no model", r);
	else if (needed) {
		n->state = NEEDS_SYNC;
		n->param = keep(sizeof(*n->param));
		n->param[n->n++] = (struct param){ "name",
		    keepf("%s", name) };
	} else
		n->state = NEEDS_NOTHING;
}

void
needs_plan(const struct sync *s, int status, const json_t *plan,
    const char *said, struct needs *n)
{
	struct refusal	 r = { NULL, NULL };
	bool		 good = status == SETTLED || status == PENDING;
	bool		 whole = json_is_string(json_object_get(plan,
			    "row"));

	*n = (struct needs){ .state = NEEDS_FAILED };
	if (good && whole)
		judge(s, plan, status, n, &r);
	else
		fail(s, status, whole ? content_text(plan, "why") :
		    reason_of(said), &r);
	n->reason = r.reason;
	n->why = r.why;
}

void
needs_no_plan(const struct sync *s, const char *why, struct needs *n)
{
	struct refusal	 r = { NULL, NULL };

	refuse(&r, "RuleFailed", "the model \"%s\" has no plan: %s", s->model,
	    why);
	*n = (struct needs){ .state = NEEDS_FAILED, .reason = r.reason,
	    .why = r.why };
}
