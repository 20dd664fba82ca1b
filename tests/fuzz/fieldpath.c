/*
 * Any text as a field path: what is read, written out in full with all keys
 * in quotes, is read as the same steps.
 */

#include "edit/fieldpath.h"
#include "edit/utf8.h"
#include "fuzz/fuzz.h"

/* As a JSON string. */
static const char *
quoted(const char *s)
{
	json_t		*json = json_string(s);
	char		*text;
	const char	*copy;

	MUST(json != NULL);
	MUST((text = json_dumps(json, JSON_ENCODE_ANY)) != NULL);
	copy = keepf("%s", text);
	free(text);
	json_decref(json);
	return copy;
}

static const char *
written(const struct fieldpath *path)
{
	const struct fieldstep	*step;
	const char		*out = "", *dot = "";
	size_t			 i;

	for (i = 0; i < path->n; i++, dot = ".") {
		step = &path->step[i];
		if (i > 0 && step[-1].kind == STEP_ENTER)
			dot = "";
		if (step->kind == STEP_KEY)
			out = keepf("%s%s%s", out, dot, quoted(step->key));
		else if (step->kind == STEP_INDEX)
			out = keepf("%s[%zu]", out, step->index);
		else if (step->kind == STEP_MATCH)
			out = keepf("%s[%s=%s]", out, quoted(step->key),
			    quoted(step->value));
		else
			out = keepf("%s | ", out);
	}
	return out;
}

static bool
same(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) &&
	    (a == NULL || strcmp(a, b) == 0);
}

static void
check(const struct fieldpath *path)
{
	struct fieldpath	 again;
	struct error		 error;
	size_t			 i, end = 0;

	MUST(fieldpath_parse(&again, written(path), &error) == 0);
	MUST(again.n == path->n && path->n > 0);
	for (i = 0; i < path->n; i++) {
		MUST(path->step[i].end > end);
		end = path->step[i].end;
		MUST(path->step[i].kind == again.step[i].kind);
		MUST(path->step[i].kind != STEP_INDEX ||
		    path->step[i].index == again.step[i].index);
		MUST(same(path->step[i].key, again.step[i].key));
		MUST(same(path->step[i].value, again.step[i].value));
	}
	MUST(end == strlen(path->text));
	MUST(path->step[i - 1].kind != STEP_ENTER);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes		 b = fuzz_bytes(data, size);
	struct fieldpath	 path;
	struct error		 error = { .text = "" };

	/* Paths come from a document, which is UTF-8. */
	if (!utf8_valid(b.data)) {
		keep_drop();
		return 0;
	}
	if (fieldpath_parse(&path, b.data, &error) == 0)
		check(&path);
	else
		MUST(error.verdict == BROKEN && error.text[0] != '\0');
	keep_drop();
	return 0;
}
