#include <math.h>
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/keep.h"
#include "run/plain.h"
#include "run/say.h"
#include "run/when.h"

#include "choice.h"
#include "deploy-model.h"
#include "text.h"

#define BEGIN		"<!-- modelsync "
#define END		" -->"
#define LONGEST		50000	/* bytes of a body; 65536 are taken */
#define TITLE		200	/* bytes of a title; 256 are taken */

static const struct model *
listed(const struct job *job, const char *id)
{
	size_t	 i;

	for (i = 0; i < job->registry->nmodels; i++)
		if (strcmp(job->registry->model[i].manifest->model, id) == 0)
			return &job->registry->model[i];
	return NULL;
}

static const char *
figure(double x)
{
	return isnan(x) ? "–" : keepf("%.3f", x);
}

/* With how much it is above or below another. */
static const char *
compared(double x, double other)
{
	return isnan(x) || isnan(other) ? figure(x) :
	    keepf("%.3f (%+.3f)", x, x - other);
}

static const char *
code(const char *id)
{
	/* A backtick would end it; what else there is means nothing in it. */
	return strpbrk(id, "`|\n\r") != NULL ? say_kept(id) :
	    keepf("`%s`", id);
}

static const char *
row(const char *what, const char *live, const char *new)
{
	return keepf("| %s | %s | %s |\n", what, live, new);
}

static const char *
examples(const struct model *m)
{
	return m == NULL ? "–" : keepf("%zu", m->manifest->examples);
}

static const char *
created(const struct model *m)
{
	return m == NULL ? "–" : when_text(m->manifest->created);
}

static const char *
watermark(const struct model *m)
{
	return m == NULL || m->manifest->watermark == 0 ? "–" :
	    when_text(m->manifest->watermark);
}

/* The figures on examples that both can be judged by. */
static const char *
comparison(const struct evaluation *e, const char *live)
{
	const struct against	*a;
	size_t			 i;

	for (i = 0; i < e->nagainst; i++) {
		a = &e->against[i];
		if (strcmp(a->model, live) != 0 || a->examples == 0)
			continue;
		return keepf("%s%s", row(keepf("precision on %zu newer "
		    "examples", a->examples), figure(a->micro.precision),
		    compared(a->candidate.precision, a->micro.precision)),
		    row(keepf("recall on %zu newer examples", a->examples),
		    figure(a->micro.recall), compared(a->candidate.recall,
		    a->micro.recall)));
	}
	return "";
}

static const char *
summary(const struct job *job, const struct model *live,
    const struct model *m)
{
	const struct evaluation	*e = m->evaluation;
	const struct evaluation	*o = live == NULL ? NULL : live->evaluation;
	const char		*was = job->live_empty ? "none yet" :
				    code(job->live);

	return keepf("| | live | proposed |\n|---|---|---|\n%s%s%s%s%s%s%s",
	    row("model", was, code(m->manifest->model)),
	    row("made", created(live), created(m)),
	    row("data up to", watermark(live), watermark(m)),
	    row("examples", examples(live), examples(m)),
	    e == NULL ? "" : row("precision on its hold-out",
	    o == NULL ? "–" : figure(o->micro.precision),
	    figure(e->micro.precision)),
	    e == NULL ? "" : row("recall on its hold-out",
	    o == NULL ? "–" : figure(o->micro.recall),
	    figure(e->micro.recall)),
	    e == NULL || live == NULL ? "" : comparison(e, job->live));
}

static const struct label_measure *
same_label(const struct evaluation *e, const char *name)
{
	size_t	 i;

	for (i = 0; e != NULL && i < e->nlabels; i++)
		if (strcmp(e->labels[i].name, name) == 0)
			return &e->labels[i];
	return NULL;
}

static const char *
label_row(const struct label_measure *l, const struct label_measure *o)
{
	return keepf("| %s | %zu | %s | %s | %s |\n", say_kept(l->name),
	    l->measure.support,
	    compared(l->measure.precision, o == NULL ? NAN :
	    o->measure.precision), compared(l->measure.recall, o == NULL ?
	    NAN : o->measure.recall), isnan(l->threshold) ? "off" :
	    keepf("%.3f", l->threshold));
}

/* As many as a body has room for. */
static const char *
labels(const struct evaluation *e, const struct evaluation *live)
{
	const char	*text = keepf("\n| label | examples | precision%s | "
			    "recall%s | threshold |\n|---|---|---|---|---|\n",
			    live == NULL ? "" : " (live)",
			    live == NULL ? "" : " (live)");
	char		*all = keep(LONGEST + 1);
	const char	*next;
	size_t		 i, len = strlen(text);

	strlcpy(all, text, LONGEST);
	for (i = 0; i < e->nlabels; i++) {
		next = label_row(&e->labels[i], same_label(live,
		    e->labels[i].name));
		if (len + strlen(next) >= LONGEST)
			return keepf("%s\nand %zu more labels.\n", all,
			    e->nlabels - i);
		len += strlcpy(all + len, next, LONGEST - len);
	}
	return all;
}

/* {generation} in a link is the generation's name. */
static const char *
filled(const char *url, const char *generation)
{
	static const char	 what[] = "{generation}";
	const char		*at = strstr(url, what);

	return at == NULL ? url : filled(keepf("%.*s%s%s", (int)(at - url),
	    url, generation, at + strlen(what)), generation);
}

static const char *
links(const struct job *job, const char *generation)
{
	const struct proposal_config	*p = &job->config->proposal;
	const char			*text = "";
	size_t				 i;

	for (i = 0; i < p->nlinks; i++)
		text = keepf("%s- [%s](%s)\n", text,
		    say_kept(p->link[i].title), filled(p->link[i].url,
		    generation));
	return *text == '\0' ? "" : keepf("\n%s", text);
}

/* No text in it ends the comment that it stands in. */
static const char *
block(json_t *json)
{
	const char	*text = keep_dump(keep_json(json));
	char		*out = keep(strlen(text) * 6 + 1), *p = out;

	for (; *text != '\0'; text++)
		if (*text == '>') {
			p += strlcpy(p, "\\u003e", 7);
		} else
			*p++ = *text;
	return keepf("\n" BEGIN "%s" END "\n", out);
}

static const char *
advice(const struct job *job, const char *id)
{
	return keepf("\n**To say no**, close this request: %s is not proposed "
	    "again, a newer one is. To stop every proposal, set "
	    "`spec.hold` in the Model document. **To roll back** after the "
	    "merge, revert it on `%s`: the model that stood there is not "
	    "proposed again.\n\nA commit on `%s` stops this program from "
	    "touching it until this request is merged or closed.\n",
	    code(id), job->config->base, job->head_name);
}

static const char *
title(const struct job *job, const char *words)
{
	return keepf("%.*s", TITLE, keepf("%s: %s", job->config->name,
	    words));
}

void
text_propose(const struct job *job, const struct candidate *c,
    struct text *text)
{
	const struct model	*m = listed(job, c->id);
	const struct model	*live = job->live_empty ? NULL :
				    listed(job, job->live);
	const char		*sentence;

	choice_judge(job, c, job->now, &sentence);
	text->title = title(job, keepf("update the model to %s", c->id));
	text->body = keepf("%s\nThe gate: %s.\n%s%s%s%s",
	    summary(job, live, m), say_kept(sentence),
	    m->evaluation == NULL ? "" : labels(m->evaluation,
	    live == NULL ? NULL : live->evaluation),
	    links(job, c->generation), advice(job, c->id),
	    block(json_pack("{si ss ss ss}", "version", 1, "model", c->id,
	    "generation", c->generation, "from", job->live)));
}

void
text_neutral(const struct job *job, const char *was, const char *next,
    struct text *text)
{
	text->title = title(job, "the model is being updated");
	text->body = keepf("This request is being updated to a newer model; "
	    "its text and its branch are about to change. Please review it "
	    "when it names one.\n%s", block(json_pack("{si sn ss ss}",
	    "version", 1, "model", "was", was, "next", next)));
}

/* Where the block stands; NULL: nowhere. */
static const char *
find(const char *body, const char **end)
{
	const char	*at = NULL, *p = body;

	/* The last one: what people quote stands before it. */
	while ((p = strstr(p, BEGIN)) != NULL)
		at = p++;
	if (at == NULL || (*end = strstr(at, END)) == NULL)
		return NULL;
	return at;
}

static json_t *
parse(const char *body)
{
	const char	*end, *at = find(body, &end);
	json_t		*json;

	if (at == NULL)
		return NULL;
	at += strlen(BEGIN);
	json = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES,
	    NULL);
	return json == NULL ? NULL : keep_json(json);
}

static const char *
text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

void
text_read(const char *body, struct block *b)
{
	json_t	*json = parse(body);

	*b = (struct block){ .model = text_of(json, "model"),
	    .from = text_of(json, "from"), .was = text_of(json, "was"),
	    .next = text_of(json, "next"),
	    .withdrawn = json_is_true(json_object_get(json, "withdrawn")) };
}

const char *
text_withdraw(const char *body, const char *why)
{
	const char	*end, *at = find(body, &end);
	json_t		*json = parse(body);

	if (json == NULL)
		json = json_pack("{si}", "version", 1);
	else
		json = json_copy(json);
	json_object_set_new(json, "withdrawn", json_true());
	return keepf("%.*s\n**Withdrawn**: %s.\n%s",
	    at == NULL ? (int)strlen(body) : (int)(at - body), body,
	    say_kept(plain_text(why, LONGEST)), block(json));
}
