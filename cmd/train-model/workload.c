#include <stdbool.h>
#include <string.h>

#include "kube/content.h"
#include "kube/kube.h"
#include "kube/object.h"
#include "kube/tekton.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/template.h"
#include "run/error.h"
#include "run/keep.h"

#include "train-model.h"
#include "workload.h"

static const char *
key_of(const struct job *job)
{
	return job->config->job ? "spec.training.job.template" :
	    "spec.training.pipelineRun.template";
}

/* Of a whole object its kind; a spec says none. */
static int
check_kind(const struct job *job, const json_t *t, struct error *error)
{
	const char	*group = content_text(t, "apiVersion");
	const char	*kind = content_text(t, "kind");
	bool		 run = strcmp(kind, "PipelineRun") == 0 &&
			    (strcmp(group, PIPELINERUN_V1) == 0 ||
			    strcmp(group, PIPELINERUN_V1BETA1) == 0);
	bool		 its = strcmp(kind, "Job") == 0 &&
			    strcmp(group, KUBE_BATCH) == 0;

	return (job->config->job ? its : run) ? 0 : error_set(error, BROKEN,
	    "%s: %s is of %.100s %.100s, expected %s", key_of(job),
	    job->config->cluster.template, group, kind, job->config->job ?
	    KUBE_BATCH " Job" : PIPELINERUN_V1 " PipelineRun");
}

/* What can be judged before anything is begun. */
static int
check_template(const struct job *job, const json_t *t, struct error *error)
{
	const char	*file = job->config->cluster.template, *problem;
	const char	*namespace = content_text(json_object_get(t,
			    "metadata"), "namespace");

	problem = job->config->job ? kubejob_problem(t) :
	    kuberun_problem(t);
	if (problem != NULL)
		return error_set(error, BROKEN, "%s: %s: %s", key_of(job),
		    file, problem);
	if (*namespace != '\0' &&
	    strcmp(namespace, kube_namespace(job->kube)) != 0)
		return error_set(error, BROKEN, "%s: %s names the namespace "
		    "%.100s, but what trains is made in that of the Lease, "
		    "%s", key_of(job), file, namespace,
		    kube_namespace(job->kube));
	return 0;
}

int
workload_template(struct job *job, struct error *error)
{
	json_t	*t;

	if (template_read(job->config->cluster.template, &t, error) == -1)
		return error_in(error, "%s", key_of(job));
	if (json_object_get(t, "spec") == NULL)
		t = keep_json(json_pack("{sO}", "spec", t));
	else if (check_kind(job, t, error) == -1)
		return -1;
	job->template = t;
	return check_template(job, t, error);
}

const struct object *
workload_object(const struct job *job)
{
	struct object	*o = keep(sizeof(*o));

	*o = job->config->job ? (struct object){ .group = KUBE_BATCH,
	    .resource = "jobs", .kind = "Job" } : (struct object){
	    .group = tekton_group(job->template), .kind = "PipelineRun",
	    .resource = PIPELINERUN_RESOURCE };
	o->name = job->open->generation;
	return o;
}
