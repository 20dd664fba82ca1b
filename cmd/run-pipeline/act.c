#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "kube/content.h"
#include "kube/kube.h"
#include "kube/object.h"
#include "kube/tekton.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/run.h"
#include "run/step.h"

#include "each.h"
#include "pipelinerun.h"
#include "run-pipeline.h"
#include "status.h"
#include "sync.h"

static struct object
made_as(const struct pipelinerun *p)
{
	return (struct object){ .group = p->group, .kind = "PipelineRun",
	    .resource = PIPELINERUN_RESOURCE, .name = p->name };
}

/* Whether the run that has the name already is the object's. */
static int
adopt(const struct job *job, const struct object *o, struct error *error)
{
	json_t	*run, *owner;
	size_t	 i;
	int	 rv;

	if ((rv = object_get(job->kube, o, &run, error)) == 1)
		return error_set(error, RETRY, "%s was there and is gone",
		    object_words(job->kube, o));
	if (rv == -1)
		return -1;
	json_array_foreach(json_object_get(json_object_get(run, "metadata"),
	    "ownerReferences"), i, owner)
		if (strcmp(content_text(owner, "uid"), job->sync->uid) == 0)
			return 0;
	return error_set(error, BROKEN, "%s is there already and not owned "
	    "by %s: delete it", object_words(job->kube, o), job->sync->name);
}

static int
create(const struct job *job, struct guard *guard, const char **name,
    struct error *error)
{
	const struct object	 o = made_as(job->o->next);
	int			 rv;

	*name = o.name;
	rv = object_create(job->kube, guard, &o, job->o->next->body, error);
	return rv == 1 ? adopt(job, &o, error) : rv;
}

static const struct run *
run_of(const struct job *job, const char *name)
{
	size_t	 i;

	for (i = 0; i < job->o->nruns; i++)
		if (strcmp(job->o->run[i].name, name) == 0)
			return &job->o->run[i];
	return NULL;
}

/*
 * Only the run that was seen, and as it was seen: somebody may have taken it
 * since, off our label or out of the object's hands.
 */
static int
take_away(const struct job *job, const struct step *step,
    struct guard *guard, struct error *error)
{
	const struct run	*run = run_of(job, step->target);
	const char		*body;
	struct answer		 a;
	int			 rv = 0;

	if (run == NULL)
		return error_set(error, BROKEN, "no run %s", step->target);
	body = keep_dump(keep_json(json_pack("{ss ss ss s{ss ss}}", "kind",
	    "DeleteOptions", "apiVersion", "v1", "propagationPolicy",
	    "Background", "preconditions", "uid", run->uid,
	    "resourceVersion", run->version)));
	if (http_send(kube_http(job->kube), guard, &(struct request){
	    .method = "DELETE", .path = kube_path(job->kube, run->group,
	    PIPELINERUN_RESOURCE, run->name), .type = "application/json",
	    .body = body, .len = strlen(body) }, &a, error) == -1)
		return -1;
	/* That it went by itself is as good. */
	if (a.status != 404 && a.status != 202 && kube_object(&a,
	    keepf("PipelineRun %s", run->name), error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}

int
act(const struct job *job, const struct step *step, struct guard *guard,
    const char **name, struct error *error)
{
	return strcmp(step->verb, "create") == 0 ?
	    create(job, guard, name, error) :
	    take_away(job, step, guard, error);
}

int
status_write(const struct job *job, time_t now, struct error *error)
{
	const struct sync	*s = job->sync;
	json_t			*status = status_json(s, job->status, now);
	const char		*body;
	struct answer		 a;
	int			 rv = 0;

	if (!status_differs(s, status))
		return 0;
	body = keep_dump(keep_json(json_pack("{s{ss} sO}", "metadata",
	    "resourceVersion", s->version, "status", status)));
	if (http_note(kube_http(job->kube), NOTE_STATUS, &(struct request){
	    .method = "PATCH", .path = keepf("%s/status?fieldManager="
	    "modelsync", kube_path(job->kube, s->group, SYNC_RESOURCE,
	    s->name)), .type = "application/merge-patch+json", .body = body,
	    .len = strlen(body) }, &a, error) == -1)
		return -1;
	/* Another object by now, or none: the next run tells of that. */
	if (a.status != 409 && !object_absent(&(struct object){
	    .name = s->name }, &a) && kube_object(&a, "its status (has the "
	    "definition of ModelSync a status subresource?)", error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}
