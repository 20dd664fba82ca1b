#include <string.h>

#include "google/automl.h"
#include "google/google.h"
#include "google/operation.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/keep.h"

#include "suspect.h"
#include "train-model.h"

enum whose { OURS, THEIRS, UNTOLD };

int
suspect_results(const struct job *job, json_t *operations,
    struct error *error)
{
	size_t		 i, n = 0, most = json_array_size(operations);
	struct look	*look = keep((most + 1) * sizeof(*look));
	json_t		**response = keep((most + 1) * sizeof(json_t *));
	json_t		*json, *labels;
	const char	*name;

	json_array_foreach(operations, i, json) {
		response[n] = json_object_get(json, "response");
		name = google_text(response[n], "name");
		if (name != NULL)
			look[n++] = automl_look_operation(name);
	}
	if (google_look(job->google, look, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (look[i].json == NULL)
			continue;
		labels = json_object_get(look[i].json, "labels");
		if (labels != NULL)
			json_object_set(response[i], "labels", labels);
		else
			json_object_set_new(response[i], "labels",
			    json_object());
	}
	return 0;
}

/* By the labels of its result; one that is gone, or none, has none. */
static enum whose
whose(const struct job *job, const struct operation *op)
{
	const char	*generation;

	if (json_object_get(op->response, "labels") == NULL)
		return UNTOLD;
	generation = google_label(op->response, GOOGLE_GENERATION);
	return generation != NULL && strcmp(generation,
	    job->open->generation) == 0 ? OURS : THEIRS;
}

/* What keeps everything else from beginning; the longest first. */
static void
block(const struct job *job, struct stage *s, const struct operation *op,
    time_t since, const char *why)
{
	struct stage	 one = *s;

	one.name = op->name;
	stage_goes_on(job, &one, since, keepf("%s, which may be ours, %s",
	    op->name == NULL ? "an operation" : op->name, why));
	if (one.phase != OVERDUE)
		one.phase = UNREADABLE;
	if (s->phase != OVERDUE)
		*s = one;
}

/* Why one keeps everything else from beginning; NULL: it does not. */
static const char *
obstacle(const struct job *job, const struct operation *op,
    const struct suspicion *why)
{
	switch (op->progress) {
	case GOING_ON:
		return "goes on";
	case UNREADABLE_YET:
		return keepf("cannot be read (%s)", op->why);
	case FAILED_FOR_GOOD:
		return op->created == 0 ? "failed without createTime" : NULL;
	case SUCCEEDED:
		break;
	}
	return !why->unlabelled && whose(job, op) == UNTOLD ?
	    "is done and its result is gone" : NULL;
}

/* One that failed counts as ours, as soon as no other can come. */
static void
fail(const struct job *job, struct stage *s, const struct operation *op,
    const struct suspicion *why)
{
	time_t	 known = why->known != 0 ? why->known :
		    op->created + job->config->cloud.settle;

	s->name = op->name;	/* it is recorded, and fails ever after */
	stage_set(s, job->now > known ? FAILED : UNREADABLE, keepf("%s, "
	    "which may have been ours: %s", op->name, op->why));
}

bool
suspect_judge(const struct job *job, struct stage *s, json_t *operations,
    const struct suspicion *why)
{
	struct operation	 op, failed = { .name = NULL };
	const char		*what;
	bool			 over = true;
	time_t			 since;
	json_t			*json;
	size_t			 n;

	json_array_foreach(operations, n, json) {
		operation_read(json, &op);
		if (op.created != 0 &&
		    (op.created < why->from || op.created > why->to))
			continue;
		since = op.created != 0 ? op.created : why->from;
		if (op.progress == SUCCEEDED && whose(job, &op) == OURS) {
			s->name = op.name;
			stage_goes_on(job, s, since, keepf("%s is done "
			    "and its result is not listed yet", op.name));
			return true;
		}
		if ((what = obstacle(job, &op, why)) != NULL) {
			block(job, s, &op, since, what);
			over = false;
		} else if (op.progress == FAILED_FOR_GOOD &&
		    op.created >= failed.created)
			failed = op;
	}
	if (over && failed.name != NULL)
		fail(job, s, &failed, why);
	return over;
}
