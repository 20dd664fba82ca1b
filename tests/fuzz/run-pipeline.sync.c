/*
 * Any JSON as a ModelSync object: reading it ends with what is wrong in one
 * line; the run that is made of one that is good has only rights it may
 * have, belongs to the object, and is found again as ours; and the status
 * that is written of it is read as it was meant.
 */

#include <jansson.h>

#include "cmd/run-pipeline/needs.h"
#include "cmd/run-pipeline/pipelinerun.h"
#include "cmd/run-pipeline/status.h"
#include "cmd/run-pipeline/sync.h"
#include "fuzz/fuzz.h"
#include "model/runner.h"

#define NOW		1700000000	/* 2023-11-14 */
#define DNS		"abcdefghijklmnopqrstuvwxyz0123456789-."

static const char	*accounts[] = { "deployer" };
static const struct runner	runner = { .account = accounts,
				    .naccounts = 1 };

static void
check_refusal(const struct refusal *r)
{
	const char	*c = r->reason;

	MUST(*c >= 'A' && *c <= 'Z');
	while ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z'))
		c++;
	MUST(*c == '\0' && r->why != NULL && *r->why != '\0');
	MUST(strpbrk(r->why, "\n\r\033") == NULL);
	MUST(keep_json(json_string(r->why)) != NULL);
}

static void
check_read(const struct sync *s)
{
	size_t	 i;

	MUST(s->name != NULL && s->namespace != NULL && s->uid != NULL);
	MUST(s->version != NULL && s->group != NULL);
	MUST(s->successful >= -1 && s->successful <= 1000);
	MUST(s->failed >= -1 && s->failed <= 1000);
	for (i = 0; i < s->nmappings; i++)
		MUST(*s->mapping[i].needs != '\0' &&
		    *s->mapping[i].pipeline != '\0');
	if (s->bad.reason != NULL) {
		check_refusal(&s->bad);
		return;
	}
	MUST((s->url != NULL) != (s->rule != RULE_NONE));
	MUST(s->template != NULL && *s->uid != '\0');
}

/* Accounts under any of their names, but in what goes to the pipeline. */
static void
check_rights(json_t *at)
{
	const char	*key, *text;
	json_t		*value;
	size_t		 i;

	json_array_foreach(at, i, value)
		check_rights(value);
	if (!json_is_object(at))
		return;
	json_object_foreach(at, key, value) {
		if (strcmp(key, "params") == 0)
			continue;
		text = json_string_value(value);
		if (strstr(key, "erviceAccount") != NULL && text != NULL &&
		    (strcmp(key, "serviceAccount") == 0 ||
		    strcmp(key, "serviceAccountName") == 0 ||
		    strcmp(key, "taskServiceAccountName") == 0))
			MUST(*text == '\0' || strcmp(text, "deployer") == 0);
		check_rights(value);
	}
}

static const json_t *
param(const json_t *list, const char *name)
{
	const json_t	*item, *found = NULL;
	size_t		 i;

	json_array_foreach(list, i, item)
		if (strcmp(sync_text(item, "name"), name) == 0) {
			MUST(found == NULL);
			found = item;
		}
	return found;
}

static void
check_made(const struct sync *s, const struct pipelinerun *run)
{
	const json_t	*meta = json_object_get(run->body, "metadata");
	json_t		*spec = json_object_get(run->body, "spec");
	const json_t	*owners = json_object_get(meta, "ownerReferences");

	MUST(strcmp(sync_text(meta, "namespace"), s->namespace) == 0);
	MUST(strcmp(sync_text(meta, "name"), run->name) == 0);
	MUST(strcmp(sync_text(run->body, "apiVersion"), run->group) == 0);
	MUST(json_array_size(owners) == 1 && strcmp(sync_text(
	    json_array_get(owners, 0), "uid"), s->uid) == 0);
	if (strspn(s->name, DNS) == strlen(s->name))
		MUST(strlen(run->name) <= 63 &&
		    strspn(run->name, DNS) == strlen(run->name));
	MUST(json_object_get(spec, "resources") == NULL);
	MUST(strcmp(sync_text(param(json_object_get(spec, "params"),
	    "name"), "value"), "m1") == 0);
	check_rights(spec);
}

/* As a list has it when it was made. */
static void
check_found(const struct sync *s, const struct pipelinerun *made)
{
	struct runs	*all = runs_new();
	struct refusal	 bad = { NULL, NULL };
	struct run	*run;
	json_t		*item = keep_json(json_deep_copy(made->body));
	json_t		*meta = json_object_get(item, "metadata");
	size_t		 n;

	json_object_set_new(meta, "uid", json_string("u"));
	json_object_set_new(meta, "creationTimestamp",
	    json_string("2023-11-14T00:00:00Z"));
	runs_add(all, keep_json(json_pack("[O]", item)));
	runs_of(all, s, &run, &n, &bad);
	MUST(bad.reason == NULL && n == 1 && run->ours);
	MUST(run->state == RUN_ACTIVE && !run->seen && !run->deleting);
	MUST(run->failures == 2 && strcmp(run->group, made->group) == 0);
	MUST(s->generation < 0 || s->generation > 1000000 ||
	    run->generation == s->generation);
}

static void
check_run(const struct sync *s)
{
	struct param		 p = { "name", "m1" };
	struct making		 m = { .sync = s, .param = &p, .n = 1,
				    .last = "", .failures = 2 };
	struct pipelinerun	 run = { NULL, NULL, NULL }, same;
	struct refusal		 bad = s->bad;

	pipelinerun_check(s, &runner, &bad);
	if (bad.reason == NULL)
		pipelinerun_make(&m, &run, &bad);
	if (bad.reason != NULL) {
		check_refusal(&bad);
		MUST(run.body == NULL);
		return;
	}
	check_made(s, &run);
	check_found(s, &run);
	pipelinerun_make(&m, &same, &bad);
	MUST(bad.reason == NULL && strcmp(same.name, run.name) == 0);
	MUST(json_equal(same.body, run.body));
}

/* What is written is what the next run reads, and it writes nothing. */
static void
check_status(json_t *object, const struct sync *s)
{
	struct status	 st = { .row = "8 no sync needed", .why =
			    s->bad.why != NULL ? s->bad.why : s->name,
			    .success = s->success,
			    .last_name = s->last.name,
			    .last_uid = s->last.uid,
			    .last_created = s->last.created,
			    .last_finished = s->last.finished,
			    .last_succeeded = s->last.succeeded,
			    .last_failures = s->last.failures,
			    .last_generation = s->last.generation };
	struct sync	 again;
	json_t		*status;

	st.ready = (struct condition){ TRUTH_TRUE, "InSync", st.why };
	st.stalled = (struct condition){ TRUTH_FALSE, "Progressing",
	    st.why };
	MUST((status = status_json(s, &st, NOW)) != NULL);
	MUST(json_is_object(json_object_get(status, "lastDecision")));
	MUST(json_array_size(json_object_get(status, "conditions")) >= 2);
	object = keep_json(json_copy(object));
	json_object_set(object, "status", status);
	sync_read(object, &again);
	MUST(!status_differs(&again, status_json(&again, &st, NOW)));
	MUST(again.success == s->success && again.decided != 0);
	MUST((again.last.uid == NULL) == (s->last.uid == NULL));
	if (s->last.uid == NULL)
		return;
	MUST(strcmp(again.last.uid, s->last.uid) == 0);
	MUST(again.last.created == s->last.created);
	MUST(again.last.finished == s->last.finished);
	MUST(again.last.failures == s->last.failures);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sync	 s;
	json_t		*object = json_loadb((const char *)data, size,
			    JSON_REJECT_DUPLICATES, NULL);

	if (object != NULL) {
		sync_read(keep_json(object), &s);
		check_read(&s);
		check_run(&s);
		if (json_is_object(object))
			check_status(object, &s);
	}
	keep_drop();
	return 0;
}
