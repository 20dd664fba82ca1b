#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "model/formparts.h"
#include "model/forms.h"
#include "model/rules.h"

/* An id, its number, or one of a domain ("example.com:id"). */
static const char *
read_project(const char *text, void *at)
{
	return form_consists_of(text, LOWER DIGITS "-.:") &&
	    isalnum((unsigned char)text[0]) ? form_store(text, at) :
	    "the id of a Google Cloud project, as my-project-123";
}

const struct form form_project = { "^[a-z0-9][-a-z0-9.:]*$", read_project };

static const char *
read_location(const char *text, void *at)
{
	return form_consists_of(text, LOWER UPPER DIGITS "-") &&
	    isalpha((unsigned char)text[0]) ? form_store(text, at) :
	    "a region or multi-region, as europe-west4 or EU";
}

const struct form form_location = { "^[A-Za-z][-A-Za-z0-9]*$",
    read_location };

/* Project, dataset and table, each not empty; returns the last. */
static const char *
third_part(const char *text)
{
	size_t	 project = strspn(text, LOWER DIGITS "-:"), dataset;

	/* The project of a domain has dots of its own before its colon. */
	if (strchr(text, ':') != NULL)
		project = strspn(text, LOWER DIGITS "-.:") == 0 ? 0 :
		    (size_t)(strchr(text, ':') - text) + 1 +
		    strspn(strchr(text, ':') + 1, LOWER DIGITS "-");
	if (project == 0 || text[project] != '.')
		return NULL;
	text += project + 1;
	dataset = strspn(text, LOWER UPPER DIGITS "_");
	if (dataset == 0 || text[dataset] != '.')
		return NULL;
	return text + dataset + 1;
}

static const char *
read_table(const char *text, void *at)
{
	const char	*table = third_part(text);

	return table != NULL && *table != '\0' &&
	    form_consists_of(table, LOWER UPPER DIGITS "_-") ?
	    form_store(text, at) :
	    "PROJECT.DATASET.TABLE";
}

const struct form form_table = {
	"^[-a-z0-9.:]+\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_-]+$", read_table
};

static const char *
read_tables(const char *text, void *at)
{
	const char	*table = third_part(text);
	size_t		 prefix;

	if (table != NULL) {
		prefix = strspn(table, LOWER UPPER DIGITS "_");
		if (strcmp(table + prefix, "*") == 0)
			return form_store(text, at);
	}
	return "daily tables as githubarchive.day.*";
}

const struct form form_tables = {
	"^[-a-z0-9.:]+\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_]*\\*$", read_tables
};

static const char *
read_day(const char *text, void *at)
{
	return strlen(text) == 8 && form_consists_of(text, DIGITS) ?
	    form_store(text, at) : "a day as \"20240131\", in quotes";
}

const struct form form_day = { "^[0-9]{8}$", read_day };

static const char *
read_bucket(const char *text, void *at)
{
	static const char	 wanted[] = "gs://BUCKET or "
				    "gs://BUCKET/FOLDER, of letters, digits, "
				    "dots, dashes, underscores and single "
				    "slashes";
	const char		*bucket = text + 5, *folder;
	size_t			 len;

	if (strncmp(text, "gs://", 5) != 0)
		return wanted;
	len = strspn(bucket, LOWER DIGITS "-_.");
	folder = bucket + len;
	if (len < 3 || (*folder != '\0' && *folder != '/'))
		return wanted;
	if (!form_consists_of(folder, LOWER UPPER DIGITS "-_./") ||
	    strstr(folder, "//") != NULL ||
	    (*folder == '/' && folder[strlen(folder) - 1] == '/'))
		return wanted;
	return form_store(text, at);
}

const struct form form_bucket = {
	"^gs://[a-z0-9._-]{3,}(/[A-Za-z0-9._-]+)*$", read_bucket
};

static const char *
read_display(const char *text, void *at)
{
	return form_consists_of(text, LOWER UPPER DIGITS "_") ?
	    form_store(text, at) :
	    "letters, digits and underscores";
}

const struct form form_display = { "^[A-Za-z0-9_]+$", read_display };

static const char *
read_endpoint(const char *text, void *at)
{
	return form_consists_of(text, LOWER DIGITS "-") ? form_store(text, at) :
	    "the id of an endpoint: lower-case letters, digits and dashes";
}

const struct form form_endpoint = { "^[-a-z0-9]+$", read_endpoint };
