/*
 * Any bytes as a Model document: decoded, or refused with problems that a
 * terminal can show.
 */

#include <ctype.h>

#include "fuzz/fuzz.h"
#include "model/config.h"

/* Each line names the file and a place in it. */
static void
check_problems(const char *path, const char *problems)
{
	const char	*end, *s;
	char		*past;

	MUST(*problems != '\0');
	for (; *problems != '\0'; problems = end + 1) {
		MUST((end = strchr(problems, '\n')) != NULL);
		for (s = problems; s < end; s++)
			MUST(!iscntrl((unsigned char)*s));
		MUST(strncmp(problems, path, strlen(path)) == 0);
		s = problems + strlen(path);
		/* The last line of many may only say how many more. */
		if (end[1] == '\0' && strncmp(s, ": and ", 6) == 0)
			break;
		MUST(*s == ':' && strtoul(s + 1, &past, 10) > 0);
		MUST(*past == ':' && strtoul(past + 1, &past, 10) > 0);
		MUST(*past == ':');
	}
}

static void
check_strings(const struct strings *s)
{
	size_t	 i;

	for (i = 0; i < s->n; i++)
		MUST(s->item[i] != NULL);
}

/* What the rest of the program takes for granted. */
static void
check_config(const struct config *c)
{
	size_t	 i;

	MUST(c->name[0] != '\0' && strlen(c->name) <= 40);
	MUST(c->archive_paths.n > 0 && c->command.n > 0);
	check_strings(&c->archive_paths);
	check_strings(&c->labels_allow);
	check_strings(&c->command);
	check_strings(&c->paths);
	check_strings(&c->placeholder);
	MUST(c->store != NULL && c->lease != NULL && c->retry != NULL);
	MUST(c->git.url != NULL && c->author != NULL);
	MUST(strcmp(c->base, c->head) != 0);
	MUST(c->setter != NULL || c->nfields > 0);
	MUST(c->gate_precision >= 0 && c->gate_precision <= 1);
	MUST(c->gate_recall >= 0 && c->gate_recall <= 1);
	MUST(c->maximum_regression >= 0 && c->maximum_regression <= 1);
	MUST(c->training_deadline > 0 && c->maximum_age >= 0);
	for (i = 0; i < c->nwindows; i++)
		MUST(c->window[i].from >= 0 &&
		    c->window[i].from < c->window[i].to &&
		    c->window[i].to <= 86400 && c->window[i].days <= 0x7f &&
		    c->window[i].zone[0] != '\0');
	for (i = 0; i < c->nfields; i++)
		MUST(c->field[i].file != NULL && c->field[i].path != NULL);
	for (i = 0; i < c->nholds; i++)
		MUST(c->hold[i].model != NULL && c->hold[i].reason != NULL);
	for (i = 0; i < c->noverrides; i++)
		MUST(c->override[i].model != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char	*path = fuzz_file(data, size), *problems;
	struct config	 c, again;
	struct error	 error = { .text = "" };

	if (config_read(path, &c, &problems, &error) == -1) {
		MUST(error.verdict == BROKEN);
		check_problems(path, problems);
	} else {
		MUST(*problems == '\0');
		check_config(&c);
		MUST(config_read(path, &again, &problems, &error) == 0);
		MUST(strcmp(c.spec_hash, again.spec_hash) == 0);
	}
	keep_drop();
	return 0;
}
