#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "net/journal.h"
#include "run/keep.h"
#include "run/line.h"
#include "run/plain.h"
#include "run/say.h"
#include "run/step.h"
#include "run/summary.h"
#include "run/when.h"

enum level { DEBUG, INFO, WARN, ERROR };

/* A field of a line. */
struct pair {
	const char	*key;
	const char	*value;		/* NULL: left out */
	bool		 number;
};

#define PAIRS(list)	(list), sizeof(list) / sizeof((list)[0])

static const char *
logfmt(const struct voice *v, enum level level, const struct pair *pair,
    size_t n)
{
	static const char	*const name[] = {
		"debug", "info", "warn", "error"
	};
	char			*text = NULL;
	const char		*kept;
	size_t			 len, i;
	FILE			*f;

	if ((f = open_memstream(&text, &len)) == NULL)
		return "level=error why=\"out of memory\"\n";
	fprintf(f, "level=%s tool=%s", name[level], v->tool);
	for (i = 0; i < n; i++) {
		if (pair[i].value == NULL)
			continue;
		fprintf(f, " %s=", pair[i].key);
		say_value(f, pair[i].value);
	}
	putc('\n', f);
	kept = fclose(f) == EOF ? "level=error why=\"out of memory\"\n" :
	    keepf("%s", text);
	free(text);
	return kept;
}

/* This node's clock, finely enough to keep lines in order. */
static const char *
node_time(void)
{
	struct timespec	 t;
	const char	*text;

	clock_gettime(CLOCK_REALTIME, &t);
	text = when_text(t.tv_sec);
	return keepf("%.*s.%06ldZ", (int)strlen(text) - 1, text,
	    t.tv_nsec / 1000);
}

static void
set_text(json_t *o, const char *key, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, key,
		    json_string(plain_text(value, SIZE_MAX)));
}

static const char *
json(const struct voice *v, enum level level, const char *message,
    const struct pair *pair, size_t n)
{
	static const char	*const severity[] = {
		"DEBUG", "INFO", "WARNING", "ERROR"
	};
	json_t			*o = keep_json(json_object());
	json_t			*labels = json_object();
	char			*text;
	const char		*kept;
	size_t			 i;

	set_text(o, "severity", severity[level]);
	set_text(o, "message", message);
	set_text(o, "time", node_time());
	set_text(o, "tool", v->tool);
	for (i = 0; i < n; i++)
		if (pair[i].value != NULL && pair[i].number)
			json_object_set_new(o, pair[i].key,
			    json_integer(strtoll(pair[i].value, NULL, 10)));
		else
			set_text(o, pair[i].key, pair[i].value);
	set_text(labels, "model", v->model);
	set_text(labels, "tool", v->tool);
	json_object_set_new(o, "logging.googleapis.com/labels", labels);
	if ((text = json_dumps(o, JSON_COMPACT)) == NULL)
		return "{\"severity\":\"ERROR\",\"message\":"
		    "\"out of memory\"}\n";
	kept = keepf("%s\n", text);
	free(text);
	return kept;
}

static const char *
line(const struct voice *v, enum level level, const char *message,
    const struct pair *pair, size_t n)
{
	return v->form == LINE_JSON ? json(v, level, message, pair, n) :
	    logfmt(v, level, pair, n);
}

const char *
line_summary(const struct voice *v, const struct summary *s)
{
	static const enum level	 level[] = { INFO, WARN, INFO, ERROR };
	const struct step	*step = s->step;
	const struct pair	 pair[] = {
		{ "model", s->model, false },
		{ "now", s->now == 0 ? NULL : when_text(s->now), false },
		{ "end", s->how, false },
		{ "row", step->row, false },
		{ "verb", step->verb, false },
		{ "target", step->target, false },
		{ "generation", step->generation, false },
		{ "why", s->why, false },
		{ "exit", keepf("%d", s->status), true },
		{ "ms", s->ms < 0 ? NULL : keepf("%ld", s->ms), true }
	};

	return line(v, level[s->status], keepf("%s: %s: %s", s->tool, s->how,
	    s->why == NULL ? "" : s->why), PAIRS(pair));
}

const char *
line_fact(const struct voice *v, const char *name, const char *value)
{
	const struct pair	 pair[] = {
		{ "observed", name, false }, { "value", value, false }
	};

	return line(v, DEBUG, keepf("%s: observed %s: %s", v->tool, name,
	    value), PAIRS(pair));
}

const char *
line_exchange(const struct voice *v, const struct passed *p)
{
	const struct pair	 pair[] = {
		{ "method", p->method, false }, { "url", p->url, false },
		{ "status", keepf("%ld", p->status), true },
		{ "ms", keepf("%ld", p->ms), true }
	};

	return line(v, DEBUG, keepf("%s: %s %s: %s in %ld ms", v->tool,
	    p->method, p->url, p->status == 0 ? "no answer" :
	    keepf("status %ld", p->status), p->ms), PAIRS(pair));
}

const char *
line_unsaid(const struct voice *v, const char *what, const char *why)
{
	const struct pair	 pair[] = {
		{ "model", v->model, false }, { "unsaid", what, false },
		{ "why", why, false }
	};

	return line(v, WARN, keepf("%s: could not tell the %s: %s", v->tool,
	    what, why), PAIRS(pair));
}

const char *
line_problem(const struct voice *v, const char *problem)
{
	const struct pair	 pair[] = { { "problem", problem, false } };

	return line(v, ERROR, keepf("%s: %s", v->tool, problem), PAIRS(pair));
}

void
line_write(const char *text)
{
	size_t	 left = strlen(text);
	ssize_t	 n;

	fflush(stderr);
	while (left > 0) {
		n = write(STDERR_FILENO, text, left);
		if (n == -1 && errno != EINTR)
			return;		/* there is nobody to tell */
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
}
