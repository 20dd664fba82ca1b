#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/config.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/plan.h"
#include "run/say.h"
#include "run/step.h"
#include "run/when.h"

void
plan_fact(struct plan *plan, const char *name, const char *fmt, ...)
{
	va_list	 ap;
	char	*value;
	int	 n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	value = keep((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(value, (size_t)n + 1, fmt, ap);
	va_end(ap);
	plan->fact = keep_more(plan->fact, plan->nfacts, &plan->room,
	    sizeof(*plan->fact));
	plan->fact[plan->nfacts++] = (struct fact){ name, value };
}

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

const char *
plan_digest(const struct plan *plan, const struct step *step)
{
	/* A hold counts for what it is: the action does not happen. */
	const char	*verb = step->hold != NULL ? "hold" :
			    or_empty(step->verb);
	const char	*part[] = {
		plan->tool, plan->config->owner, plan->config->name,
		plan->config->hash, verb, or_empty(step->target),
		or_empty(step->generation), or_empty(step->blobs),
		or_empty(step->diff)
	};

	return hash_parts(sizeof(part) / sizeof(part[0]), part);
}

/* What the run comes to, in a few words. */
static const char *
ending(const struct step *step)
{
	if (step->hold != NULL)
		return keepf("hold: %s", step->hold);
	if (step->verb != NULL)
		return keepf("%s %s", step->verb, step->target);
	return step->verdict == SETTLED ? "nothing to do" : "fail";
}

static void
print_text(const struct plan *p, const struct step *step, FILE *f)
{
	size_t	 i;

	fprintf(f, "%s: plan for ", p->tool);
	say_words(f, p->config->owner);
	fprintf(f, " at %s\n\nobserved\n", when_text(p->now));
	for (i = 0; i < p->nfacts; i++) {
		fprintf(f, "  %-22s ", p->fact[i].name);
		say_words(f, p->fact[i].value);
		putc('\n', f);
	}
	fprintf(f, "\ndecided\n  %-22s %s\n  %-22s ", "row", step->row,
	    "because");
	say_words(f, step->why);
	fprintf(f, "\n  %-22s ", "action");
	say_words(f, ending(step));
	fprintf(f, "\n");
	if (step->diff != NULL) {
		putc('\n', f);
		say_text(f, step->diff);
	}
	fprintf(f, "\ndigest sha256:%s\n", plan_digest(p, step));
}

/* A fence longer than any run of backquotes inside, so it cannot end it. */
static int
fence_of(const char *s)
{
	int	 longest = 2, run = 0;

	for (; *s != '\0'; s++) {
		run = *s == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest + 1;
}

static void
print_fence(int n, const char *word, FILE *f)
{
	while (n-- > 0)
		putc('`', f);
	fprintf(f, "%s\n", word);
}

static void
print_markdown(const struct plan *p, const struct step *step, FILE *f)
{
	size_t	 i;

	fprintf(f, "### %s: plan for `", p->tool);
	say_words(f, p->config->owner);
	fprintf(f, "`\n\n**");
	say_markdown(f, ending(step));
	fprintf(f, "** (%s): ", step->row);
	say_markdown(f, step->why);
	fprintf(f, "\n\n| observed | at %s |\n|---|---|\n", when_text(p->now));
	for (i = 0; i < p->nfacts; i++) {
		fprintf(f, "| %s | ", p->fact[i].name);
		say_markdown(f, p->fact[i].value);
		fprintf(f, " |\n");
	}
	if (step->diff != NULL) {
		putc('\n', f);
		print_fence(fence_of(step->diff), "diff", f);
		say_text(f, step->diff);
		print_fence(fence_of(step->diff), "", f);
	}
	fprintf(f, "\n`digest sha256:%s`\n", plan_digest(p, step));
}

static json_t *
text_or_null(const char *s)
{
	json_t	*json = s == NULL ? json_null() : json_string(s);

	/* Not UTF-8: told, not dropped and not guessed at. */
	return json == NULL ? json_string("(not UTF-8)") : json;
}

static void
print_json(const struct plan *p, const struct step *step, FILE *f)
{
	json_t	*facts = json_array(), *json;
	size_t	 i;

	for (i = 0; i < p->nfacts; i++)
		json_array_append_new(facts, json_pack("{ss so}", "name",
		    p->fact[i].name, "value",
		    text_or_null(p->fact[i].value)));
	json = json_pack("{sI ss ss ss ss so ss so so so so so so so ss}",
	    "version", (json_int_t)1, "tool", p->tool, "model",
	    p->config->owner, "document", p->config->hash, "now",
	    when_text(p->now), "observed", facts, "row", step->row,
	    "why", text_or_null(step->why),
	    "verb", text_or_null(step->verb),
	    "target", text_or_null(step->target),
	    "generation", text_or_null(step->generation),
	    "candidate", text_or_null(step->candidate),
	    "hold", text_or_null(step->hold),
	    "diff", text_or_null(step->diff),
	    "digest", plan_digest(p, step));
	json_dumpf(json, f, JSON_COMPACT);
	putc('\n', f);
	json_decref(json);
}

void
plan_print(const struct plan *p, const struct step *step,
    enum plan_form form, FILE *f)
{
	if (form == PLAN_JSON)
		print_json(p, step, f);
	else if (form == PLAN_MARKDOWN)
		print_markdown(p, step, f);
	else
		print_text(p, step, f);
}
