#include <string.h>

#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/run.h"
#include "run/step.h"
#include "run/when.h"

#include "choice.h"
#include "deploy-model.h"

#define ADORN_TRIES	3	/* of putting labels on a request */
#define BEHIND		(15 * 60)	/* s a forge may be behind its branch */
#define EVALUATION_WAIT	3600	/* s a new model may lack its evaluation */

/* The first row that applies ends the search: each returns whether it did. */
static bool
settle(struct step *step, const char *row, const char *why)
{
	step->row = row;
	step->why = why;
	return true;
}

static bool
hold(struct step *step, const char *row, const char *why)
{
	step->hold = why;
	return settle(step, row, why);
}

static bool
go(struct step *step, const char *verb, const char *row, const char *why)
{
	step->verb = verb;
	return settle(step, row, why);
}

static bool
close_intent(const struct job *job, struct step *step)
{
	static const char	 row[] = "2 open intent";
	static const char *const result[] = { NULL, "done", "failed", "lost" };
	static const char *const what[] = {
		NULL, "was done", "failed", "was cut short and changed nothing"
	};
	const struct intent	*i = job->log->intent;

	if (i == NULL)
		return false;
	if (job->effect == EFFECT_UNKNOWN)
		return settle(step, row, keepf("cannot tell yet what became "
		    "of %s %s, begun at %s", i->verb, i->target,
		    when_text(i->at)));
	step->target = i->target;
	step->generation = i->generation;
	step->result = result[job->effect];
	step->name = job->effect_name;
	step->sweep = job->left_lock;
	return go(step, STEP_CLOSE, row, keepf("%s %s, begun at %s, %s",
	    i->verb, i->target, when_text(i->at), what[job->effect]));
}

static bool
check_copies(const struct job *job, struct step *step)
{
	const struct copy	*c;
	size_t			 i;

	for (i = 0; i < job->ncopies; i++) {
		c = &job->copy[i];
		if (!c->left_behind)
			return hold(step, "4 copies differ", keepf("%s says "
			    "\"%s\"%s, but %s says \"%s\"%s; make them equal",
			    c->where, c->value, c->commit, job->live_where,
			    job->live, job->live_commit));
	}
	return false;
}

static bool
check_live(const struct job *job, struct step *step)
{
	if (job->nplaces == 0) {
		step->verdict = BROKEN;
		return settle(step, "4 marker found nowhere", keepf("no "
		    "place below config.paths on %s names the model: give "
		    "the values a setter comment or list them in "
		    "config.fields", job->config->base));
	}
	if (check_copies(job, step))
		return true;
	if (job->live_empty || choice_listed(job, job->live) != NULL ||
	    job->live_ours)
		return false;
	return hold(step, "5 live set by a person", keepf("%s says \"%s\"%s, "
	    "which is no model of ours; nothing is proposed over it",
	    job->live_where, job->live, job->live_commit));
}

static bool
await_evaluation(const struct job *job, time_t now, struct step *step)
{
	const struct candidate	*newest = &job->model[job->nmodels - 1];

	if (newest->evaluation != NULL ||
	    now - newest->created >= EVALUATION_WAIT)
		return false;
	return settle(step, "7 evaluation awaited", keepf("%s was made at %s "
	    "and has no evaluation yet%s%s", newest->id,
	    when_text(newest->created), newest->unread == NULL ? "" : ": ",
	    newest->unread == NULL ? "" : newest->unread));
}

/* Row 8: what is not told for once changes nothing. */
static bool
miss_evaluation(const struct candidate *m, struct step *step)
{
	if (m == NULL)
		return false;
	step->verdict = RETRY;
	return settle(step, "8 evaluation of the proposed model", keepf("%s "
	    "is proposed, and today its evaluation is not told: %s", m->id,
	    m->unread));
}

/*
 * Row 12 and row 9: begin it, or tell how far it is.  What failed is begun
 * anew by the next runs, and each says so.
 */
static void
serve(const struct candidate *m, const char *row, const char *why,
    struct step *step)
{
	step->target = m->id;
	step->generation = m->generation;
	if (m->serving == RUNNING || m->serving == UNREADABLE) {
		step->target = NULL;
		settle(step, row, keepf("%s is being deployed: %s", m->id,
		    m->serving_why));
		return;
	}
	go(step, "serve", row, m->serving == FAILED ? keepf("%s; the last "
	    "time: %s", why, m->serving_why) : why);
	step->again = m->serving == FAILED;
}

/* Row 9: no model to propose. */
static void
rest(const struct job *job, const struct choice *found, struct step *step)
{
	const struct candidate	*newest = &job->model[job->nmodels - 1];
	const char		*passed = found->passed, *holds = found->holds;

	if (job->request.state == REQUEST_OPEN && job->branch.held != NULL)
		hold(step, "11 branch held", keepf("#%ld proposes nothing "
		    "that may be proposed, but %s has %s; merge or close it",
		    job->request.number, job->branch.name,
		    job->branch.held));
	else if (job->request.state == REQUEST_OPEN) {
		step->target = keepf("#%ld", job->request.number);
		go(step, "close-request", "9 nothing to propose: close",
		    *holds != '\0' ? holds : keepf("%s says \"%s\": there is "
		    "nothing to propose", job->live_where, job->live));
	} else if (!job->live_empty && job->live_serving == ABSENT &&
	    choice_listed(job, job->live) != NULL)
		serve(choice_listed(job, job->live),
		    "9 nothing to propose: repair serving",
		    keepf("%s is live and does not serve", job->live), step);
	else if (*holds != '\0')
		hold(step, "9 only holds stand in the way", *passed == '\0' ?
		    holds : keepf("%s; %s", holds, passed));
	else if (!choice_is_newer(job, newest) && job->live_ours &&
	    choice_listed(job, job->live) == NULL)
		settle(step, "6 live is newer than every model",
		    keepf("%s, which is not listed any more, is newer than "
		    "%s", job->live, newest->id));
	else if (*passed != '\0')
		settle(step, "9 no model passes the gate", passed);
	else
		settle(step, "9 git names the newest model", keepf("%s says "
		    "\"%s\"", job->live_where, job->live));
}

static const char *
reason(const struct job *job, const struct candidate *m,
    const struct choice *found)
{
	const char	*why;

	if (strcmp(job->live, m->id) == 0)
		why = keepf("%s names another model than \"%s\", which is "
		    "live", job->copy[0].where, job->live);
	else if (job->live_empty)
		why = keepf("%s names no model yet (\"%s\")",
		    job->live_where, job->live);
	else if (choice_listed(job, job->live) == NULL)
		why = keepf("%s names \"%s\", which is not in the registry "
		    "any more: %s is newer and was compared with nothing",
		    job->live_where, job->live, m->id);
	else
		why = keepf("%s names \"%s\" and %s is newer",
		    job->live_where, job->live, m->id);
	if (*found->figures != '\0')
		why = keepf("%s; %s", why, found->figures);
	return *found->passed == '\0' ? why :
	    keepf("%s; passed over: %s", why, found->passed);
}

/* When it was last begun to let a model answer, or to send it traffic. */
static time_t
last_change(const struct job *job)
{
	const struct outcome	*o;
	time_t			 at = 0;
	size_t			 i;

	for (i = 0; i < job->log->noutcomes; i++) {
		o = &job->log->outcome[i];
		if (strcmp(o->verb, "serve") == 0 ||
		    strcmp(o->verb, "shift") == 0)
			at = o->at > at ? o->at : at;
	}
	return at;
}

/* What is not live and not proposed needs no machines after a while. */
static const struct candidate *
forgotten(const struct job *job, const struct candidate *proposed,
    time_t now)
{
	const struct candidate	*m;
	time_t			 since, changed = last_change(job);
	size_t			 i;

	for (i = 0; i < job->nmodels; i++) {
		m = &job->model[i];
		if (!m->ours || m->serving != DONE || m == proposed ||
		    strcmp(m->id, job->live) == 0 ||
		    (job->branch.values != NULL &&
		    strcmp(job->branch.values, m->id) == 0) ||
		    (job->config->vertex && m->routed))
			continue;
		since = m->served_since > job->live_time ?
		    m->served_since : job->live_time;
		if (changed > since)
			since = changed;
		if (now - since >= job->config->serving.keep)
			return m;
	}
	return NULL;
}

/* Row 19 to 21: live answers, and nothing costs for nothing. */
static void
tidy_serving(const struct job *job, const struct candidate *proposed,
    time_t now, struct step *step)
{
	const struct candidate	*live = choice_listed(job, job->live), *m;

	if (!job->config->serving.given || job->live_empty || live == NULL)
		return;
	if (live->serving == ABSENT || live->serving == FAILED)
		serve(live, "19 live does not serve", keepf("%s is live and "
		    "does not serve", live->id), step);
	else if (live->serving == DONE && !live->routed) {
		step->target = live->id;
		step->generation = live->generation;
		go(step, "shift", "20 live has no traffic", keepf("%s is "
		    "live, and its endpoint sends it nothing", live->id));
	} else if (live->serving == DONE &&
	    (m = forgotten(job, proposed, now)) != NULL) {
		step->target = m->id;
		step->generation = m->generation;
		go(step, "undeploy", "21 neither live nor proposed",
		    keepf("%s serves and is neither live nor proposed for "
		    "%s", m->id, when_length(job->config->serving.keep)));
	}
}

/* Row 22: a server may refuse it for ever, so it comes last. */
static void
tidy_branches(const struct job *job, struct step *step)
{
	if (!job->config->proposal.delete_branch || job->spent == NULL)
		return;
	step->target = keepf("refs/heads/%s", job->spent->name);
	go(step, "delete-branch", "22 spent branch", keepf("the request for "
	    "%s was merged%s", job->spent->name, job->config->force ? "" :
	    " or withdrawn"));
}

/* Whether the step is none, and asks nobody for anything. */
static bool
is_settled(const struct step *step)
{
	return step->verb == NULL && step->hold == NULL &&
	    step->verdict == SETTLED;
}

/* When nothing else is to do. */
static void
tidy(const struct job *job, const struct candidate *proposed, time_t now,
    struct step *step)
{
	if (is_settled(step))
		tidy_serving(job, proposed, now, step);
	if (is_settled(step))
		tidy_branches(job, step);
}

/* Why the open request's text is not of this model; NULL: it is. */
static const char *
untrue(const struct job *job, const struct candidate *m)
{
	const struct request	*r = &job->request;
	const char		*id;
	size_t			 i;

	if (r->names == NULL)
		return "its text names no model";
	if (strcmp(r->names, m->id) != 0)
		return keepf("its text names %s", r->names);
	if (r->from == NULL || strcmp(r->from, job->live) != 0)
		return keepf("its text says that \"%s\" is live",
		    r->from == NULL ? "" : r->from);
	for (i = 0; i < job->nmodels; i++) {
		id = job->model[i].id;
		if (strcmp(id, m->id) != 0 && strstr(r->title, id) != NULL)
			return keepf("its title names %s", id);
	}
	return NULL;
}

/*
 * How often a step on the open request failed since it was opened; *over
 * when it is not to be taken any more.
 */
static size_t
tries(const struct job *job, const char *verb, bool *over)
{
	const struct log	*log = job->log;
	const char		*did;
	size_t			 i, n = 0;

	*over = true;
	for (i = log->noutcomes; i-- > 0;) {
		did = log->outcome[i].verb;
		if (strcmp(did, "open-request") == 0) {
			*over = n >= ADORN_TRIES;
			return n;
		}
		if (strcmp(did, verb) != 0)
			continue;
		if (strcmp(log->outcome[i].result, "done") == 0)
			return 0;
		n++;
	}
	/* Not remembered any more: long ago. */
	return n;
}

/* Done, or failed often enough: what a person took away stays away. */
static bool
was_done(const struct job *job, const char *verb)
{
	bool	 over;

	tries(job, verb, &over);
	return over;
}

/* What a request is to have and has not, as it failed too often; "". */
static const char *
given_up(const struct job *job)
{
	const struct proposal_config	*p = &job->config->proposal;
	bool				 over;
	const struct {
		bool		 wanted;
		const char	*verb, *words;
	}				 all[] = {
		{ p->labels.n > 0, "label-request",
		    "its labels could not be set" },
		{ p->reviewers.n > 0, "review-request",
		    "its reviewers could not be asked" },
		{ p->auto_merge != NULL, "automerge-request",
		    "auto-merge could not be set, as where nothing is left "
		    "to wait for: merge it by hand" },
	};
	const char			*text = "";
	size_t				 i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].wanted &&
		    tries(job, all[i].verb, &over) >= ADORN_TRIES)
			text = keepf("%s; %s", text, all[i].words);
	return text;
}

/* What is put on a request once, after it was opened. */
static bool
adorn(const struct job *job, struct step *step)
{
	const struct proposal_config	*p = &job->config->proposal;
	static const char		 row[] = "16 just opened";

	if (p->labels.n > 0 && !was_done(job, "label-request"))
		return go(step, "label-request", row, "labels are asked for");
	if (p->reviewers.n > 0 && !was_done(job, "review-request"))
		return go(step, "review-request", row,
		    "reviewers are asked for");
	if (p->auto_merge != NULL && !was_done(job, "automerge-request"))
		return go(step, "automerge-request", row,
		    "auto-merge is asked for");
	return false;
}

/* When the branch came to where it is, by us or by somebody's merge. */
static time_t
last_push(const struct job *job)
{
	const struct log	*log = job->log;
	time_t			 at = job->branch.since;
	size_t			 i;

	for (i = 0; i < log->noutcomes; i++)
		if (strcmp(log->outcome[i].verb, "push") == 0 &&
		    log->outcome[i].at > at)
			at = log->outcome[i].at;
	return at;
}

/* Row 16 to 18: branch and request name the candidate. */
static void
keep_true(const struct job *job, const struct candidate *m, time_t now,
    struct step *step)
{
	const struct request	*r = &job->request;
	const struct branch	*b = &job->branch;
	const char		*wrong = r->state == REQUEST_OPEN ?
				    untrue(job, m) : NULL;
	const char		*head = step->target;

	if (r->state == REQUEST_OPEN)
		step->target = keepf("#%ld", r->number);
	if (r->state == REQUEST_OPEN && strcmp(r->sha, job->head) != 0) {
		settle(step, "16 the forge is behind", keepf("#%ld is at "
		    "%.7s yet, the branch at %.7s", r->number, r->sha,
		    job->head));
		if (now - last_push(job) >= BEHIND)
			step->verdict = RETRY;
	} else if (wrong != NULL)
		go(step, "edit-request", "16 text untrue", wrong);
	else if (r->state == REQUEST_OPEN && adorn(job, step))
		return;
	else if (b->stale != NULL || r->conflict) {
		step->target = head;
		step->again = go(step, "push", "17 refresh",
		    b->stale != NULL ? keepf("%s changed on %s", b->stale,
		    job->config->base) : "the forge reports a conflict");
	} else {
		step->target = head;
		settle(step, "18 waiting for review", keepf("%s proposes %s "
		    "since %s%s", r->forge ? keepf("#%ld", r->number) :
		    job->head_name, m->id,
		    when_text(r->forge ? r->since : b->since),
		    given_up(job)));
	}
}

/* Row 13: the open request is not the candidate's, or does not say so. */
static bool
make_way(const struct job *job, const struct candidate *m, struct step *step)
{
	const struct request	*r = &job->request;

	if (r->state != REQUEST_OPEN)
		return false;
	if (strcmp(r->head, job->head_name) != 0) {
		step->target = keepf("#%ld", r->number);
		return go(step, "close-request", "13 request of another "
		    "branch", keepf("the open request is from %s, and %s is "
		    "to be proposed from %s", r->head, m->id,
		    job->head_name));
	}
	if (r->names == NULL || strcmp(r->names, m->id) == 0)
		return false;
	step->target = keepf("#%ld", r->number);
	return go(step, "neutralize-request", "13 request names another",
	    keepf("the open request names %s, the next is %s", r->names,
	    m->id));
}

/* Row 11 to 15: the candidate's way into git. */
static void
propose(const struct job *job, const struct choice *found, time_t now,
    struct step *step)
{
	const struct candidate	*m = found->model;
	const struct request	*r = &job->request;
	const struct branch	*b = &job->branch;
	const char		*why = reason(job, m, found);

	step->target = keepf("refs/heads/%s", job->head_name);
	step->generation = m->generation;
	step->candidate = m->id;
	step->base = job->base;
	if (b->held != NULL)
		hold(step, "11 branch held", keepf("%s has %s; merge %s",
		    b->name, b->held, r->open != NULL ? "or close its "
		    "request" : "or delete the branch"));
	else if (r->elsewhere != NULL)
		hold(step, "11 request goes elsewhere", keepf("%s, or merge or "
		    "close it", r->elsewhere));
	else if (r->taken != NULL)
		hold(step, "11 somebody's request", keepf("%s is open from "
		    "%s; merge or close it", r->taken, job->head_name));
	else if (!job->config->serving.merged && m->serving != DONE)
		serve(m, "12 make servable", why, step);
	else if (make_way(job, m, step))
		return;
	else if (!b->exists || strcmp(b->name, job->head_name) != 0)
		go(step, "push", "14 no branch proposes it", why);
	else if (b->values == NULL || strcmp(b->values, m->id) != 0)
		go(step, "push", "14 branch names another", keepf("%s; %s",
		    b->differs, why));
	else if (r->forge && r->state == REQUEST_NONE)
		go(step, "open-request", "15 no request", why);
	else
		keep_true(job, m, now, step);
}

void
decide(const struct job *job, time_t now, struct step *step)
{
	struct choice	 found;

	*step = (struct step){ .verdict = SETTLED };
	if (job->config->suspend) {
		hold(step, "1 suspended", "spec.suspend is true");
		return;
	}
	if (close_intent(job, step))
		return;
	if (job->nmodels == 0) {
		settle(step, "3 no model yet", "the registry is empty");
		return;
	}
	if (check_live(job, step) || await_evaluation(job, now, step))
		return;
	choice_make(job, now, &found);
	step->gate = (enum step_gate)found.gate;
	step->holds = found.nholds;
	if (miss_evaluation(found.unread, step))
		return;
	if (found.model != NULL && choice_is_merging(found.model, now)) {
		settle(step, "10 merged meanwhile", keepf("#%ld for %s was "
		    "merged, and %s was read before that",
		    found.model->merged_as, found.model->id,
		    job->config->base));
		return;
	}
	if (found.model != NULL)
		propose(job, &found, now, step);
	else
		rest(job, &found, step);
	tidy(job, found.model, now, step);
}
