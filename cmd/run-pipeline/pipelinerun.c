#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "model/runner.h"
#include "run/hash.h"
#include "run/keep.h"

#include "needs.h"
#include "pipelinerun.h"
#include "sync.h"

#define MOST_PARAMETERS	1000		/* of a run; a typo beyond */
#define MOST_BYTES	((size_t)1 << 20)	/* of a run; etcd takes 1.5 */
#define LONGEST_NAME	63		/* Tekton makes a label of it */
#define HASH_DIGITS	12		/* as generations have */
#define NAME_CUT	(LONGEST_NAME - HASH_DIGITS - 1)

static const json_t *
spec_of(const struct sync *s)
{
	return json_object_get(s->template, "spec");
}

/* A run in another namespace would have that one's accounts. */
static void
check_namespace(const struct sync *s, struct refusal *r)
{
	const char	*name = content_text(json_object_get(s->template,
			    "metadata"), "namespace");

	if (*name != '\0' && strcmp(name, s->namespace) != 0)
		refuse(r, "NamespaceRefused", "the template names the "
		    "namespace \"%s\", but a run is made where its object "
		    "is, in %s", name, s->namespace);
}

static bool
is_listed(const struct runner *runner, const char *account)
{
	size_t	 i;

	for (i = 0; i < runner->naccounts; i++)
		if (strcmp(runner->account[i], account) == 0)
			return true;
	return false;
}

/* The names under which templates of either version say whose rights. */
static bool
is_account(const char *key)
{
	return strcmp(key, "serviceAccountName") == 0 ||
	    strcmp(key, "taskServiceAccountName") == 0 ||
	    strcmp(key, "serviceAccount") == 0;
}

/* Wherever in the spec an account is named, but in what is passed on. */
static void
check_accounts(json_t *at, const struct runner *runner, struct refusal *r)
{
	const char	*key, *name;
	json_t		*value;
	size_t		 i;

	json_array_foreach(at, i, value)
		check_accounts(value, runner, r);
	if (!json_is_object(at))
		return;
	json_object_foreach(at, key, value) {
		if (strcmp(key, "params") == 0)
			continue;
		name = json_string_value(value);
		if (!is_account(key) || json_is_null(value))
			check_accounts(value, runner, r);
		else if (name == NULL)
			refuse(r, "ServiceAccountRefused", "%s of the "
			    "template is no text", key);
		else if (*name != '\0' && !is_listed(runner, name))
			refuse(r, "ServiceAccountRefused", "the template "
			    "names the service account \"%s\", which "
			    "spec.serviceAccounts of the runner does not",
			    name);
	}
}

/* Whether the template sets a parameter itself. */
static bool
has_param(const json_t *spec, const char *name)
{
	const json_t	*item;
	size_t		 i;

	json_array_foreach(json_object_get(spec, "params"), i, item)
		if (strcmp(content_text(item, "name"), name) == 0)
			return true;
	return false;
}

/* A value as it is written in a document, which is JSON, too. */
static const char *
written(const json_t *value)
{
	const char	*list = keep_dump(keep_json(json_pack("[O?]",
			    value)));
	size_t		 len = strlen(list);

	return len < 2 ? "" : keep_copy(list + 1, len - 2);
}

/* One resource's values as the parameters to write in its place. */
static const char *
rewrite(const json_t *spec, const json_t *resource, bool single)
{
	const json_t	*its = json_object_get(resource, "resourceSpec");
	const json_t	*item;
	const char	*all = "", *name;
	size_t		 i;

	json_array_foreach(json_object_get(its, "params"), i, item) {
		name = content_text(item, "name");
		if (!single || has_param(spec, name))
			name = keepf("%s-%s", content_text(resource, "name"),
			    name);
		all = keepf("%s%s{name: %s, value: %s}", all,
		    *all == '\0' ? "" : ", ", name,
		    written(json_object_get(item, "value")));
	}
	return all;
}

/*
 * PipelineResources went in 2023.  A git resource was a URL and a revision,
 * which its successor, a task that clones, takes as parameters.
 */
static void
check_resources(const struct sync *s, struct refusal *r)
{
	const json_t	*spec = spec_of(s), *item;
	const json_t	*list = json_object_get(spec, "resources");
	const char	*all = "", *what = "", *name, *type;
	size_t		 i, n = json_array_size(list);

	if (list == NULL || json_is_null(list) ||
	    (json_is_array(list) && n == 0))
		return;
	for (i = 0; i < n; i++) {
		item = json_array_get(list, i);
		name = content_text(item, "name");
		type = content_text(json_object_get(item, "resourceSpec"),
		    "type");
		if (strcmp(type, "git") != 0) {
			what = keepf("%s; \"%s\" is no git resource with its "
			    "values in place: give its values as parameters "
			    "of your own", what, name);
			continue;
		}
		all = keepf("%s%s%s", all, *all == '\0' ? "" : ", ",
		    rewrite(spec, item, n == 1));
	}
	refuse(r, "ResourcesGone", "Tekton refuses spec.resources since 2023: "
	    "in pipelineRunTemplate.spec remove resources%s%s%s%s, and let "
	    "the Pipeline clone what they name", *all == '\0' ? "" :
	    " and add to params ", *all == '\0' ? "" : "[", all,
	    *all == '\0' ? what : keepf("]%s", what));
}

void
pipelinerun_check(const struct sync *s, const struct runner *runner,
    struct refusal *r)
{
	const char	*problem;

	if (s->template == NULL) {
		refuse(r, "InvalidTemplate", "there is no template");
		return;
	}
	if ((problem = tekton_problem(s->template)) != NULL)
		refuse(r, "InvalidTemplate", "%s", problem);
	check_namespace(s, r);
	check_accounts(json_object_get(s->template, "spec"), runner, r);
	check_resources(s, r);
}

const char *
pipelinerun_owner(const struct sync *s)
{
	const char	*whole = keepf("%s/%s", s->namespace, s->name);

	return keep_copy(hash_parts(1, &whole), HASH_DIGITS);
}

/* The object's name, cut, and what tells this run from its others. */
static const char *
name_of(const struct making *m)
{
	const char	**part = keep((2 * m->n + 4) * sizeof(*part));
	size_t		 i, n = 0, len = strlen(m->sync->name);

	part[n++] = m->sync->uid;
	part[n++] = keepf("%ld", m->sync->generation);
	part[n++] = m->last;
	part[n++] = keepf("%ld", m->failures);
	for (i = 0; i < m->n; i++) {
		part[n++] = m->param[i].name;
		part[n++] = m->param[i].value;
	}
	if (len > NAME_CUT)
		len = NAME_CUT;
	while (len > 0 && strchr("-.", m->sync->name[len - 1]) != NULL)
		len--;
	return keepf("%.*s-%.*s", (int)len, m->sync->name, HASH_DIGITS,
	    hash_parts(n, part));
}

static json_t *
metadata(const struct making *m, const char *name)
{
	const struct sync	*s = m->sync;
	json_t			*labels, *notes;

	labels = content_copied(s->template, "labels");
	notes = content_copied(s->template, "annotations");
	json_object_set_new(labels, LABEL_MANAGER, json_string(MANAGER));
	json_object_set_new(labels, LABEL_OWNER,
	    json_string(pipelinerun_owner(s)));
	json_object_set_new(notes, NOTE_GENERATION,
	    json_string(keepf("%ld", s->generation)));
	json_object_set_new(notes, NOTE_FAILURES,
	    json_string(keepf("%ld", m->failures)));
	return json_pack("{ss ss so so s[{ss ss ss ss sb sb}]}", "name", name,
	    "namespace", s->namespace, "labels", labels, "annotations", notes,
	    "ownerReferences", "apiVersion", s->group, "kind", "ModelSync",
	    "name", s->name, "uid", s->uid, "controller", 1,
	    "blockOwnerDeletion", 1);
}

void
pipelinerun_make(const struct making *m, struct pipelinerun *run,
    struct refusal *r)
{
	json_t	*spec = json_deep_copy(spec_of(m->sync));
	json_t	*list = tekton_params(spec, m->param, m->n);
	size_t	 n = json_array_size(list), size;

	run->group = tekton_group(m->sync->template);
	run->name = name_of(m);
	json_object_del(spec, "resources");	/* null, or an empty list */
	json_object_set_new(spec, "params", list);
	if (strcmp(run->group, PIPELINERUN_V1) == 0)
		tekton_modernise(spec);
	run->body = keep_json(json_pack("{ss ss so so}", "apiVersion",
	    run->group, "kind", "PipelineRun", "metadata",
	    metadata(m, run->name), "spec", spec));
	size = json_dumpb(run->body, NULL, 0, JSON_COMPACT);
	if (n > MOST_PARAMETERS)
		refuse(r, "TooManyParameters", "the run would have %zu "
		    "parameters, at most %d may be", n, MOST_PARAMETERS);
	else if (size == 0 || size > MOST_BYTES)
		refuse(r, "RunTooLarge", "the run would have %zu bytes, at "
		    "most %zu may be", size, MOST_BYTES);
	else
		return;
	run->body = NULL;
}
