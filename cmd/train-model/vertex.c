#include <string.h>

#include "google/bigquery.h"
#include "google/bucket.h"
#include "google/google.h"
#include "google/status.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#include "begun.h"
#include "cloud.h"
#include "train-model.h"

static const char *
error_of(json_t *custom)
{
	json_t	*error = json_object_get(custom, "error");

	return error == NULL ? "no error is told" : status_rpc(error);
}

static void
by_state(const struct job *job, struct stage *s, json_t *custom)
{
	static const char	*const failed[] = {
		"FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"
	};
	static const char	*const going[] = {
		"QUEUED", "PENDING", "RUNNING", "CANCELLING", "PAUSED",
		"UPDATING"
	};
	static const char	 prefix[] = "JOB_STATE_";
	const char		*state = google_text(custom, "state");
	const char		*name = google_text(custom, "name");
	const struct outcome	*o = stage_outcome(job, s->verb);
	time_t			 since = google_time(custom, "createTime");
	size_t			 i;

	if (since == 0)
		since = stage_was_begun(o) ? o->at : job->open->created;
	s->name = name;
	if (state == NULL || name == NULL ||
	    strncmp(state, prefix, sizeof(prefix) - 1) != 0) {
		begun_unreadable(job, s, since, "a custom job without name or "
		    "state");
		return;
	}
	state += sizeof(prefix) - 1;
	if (strcmp(state, "SUCCEEDED") == 0) {
		stage_set(s, DONE, keepf("%s succeeded", name));
		return;
	}
	for (i = 0; i < sizeof(failed) / sizeof(failed[0]); i++)
		if (strcmp(state, failed[i]) == 0) {
			stage_set(s, FAILED, keepf("%s is %s: %.200s", name,
			    state, error_of(custom)));
			return;
		}
	for (i = 0; i < sizeof(going) / sizeof(going[0]); i++)
		if (strcmp(state, going[i]) == 0) {
			stage_goes_on(job, s, since, keepf("%s is %s", name,
			    state));
			return;
		}
	begun_unreadable(job, s, since, keepf("%s is %.60s, which is unknown",
	    name, state));
}

/*
 * The one that says most: of several, which there should not be.  One that
 * was recorded was begun, whether the list has it or not.
 */
static void
by_custom_jobs(const struct job *job, struct stage *s, json_t *jobs,
    json_t *recorded)
{
	const struct outcome	*o = stage_outcome(job, s->verb);
	struct stage		 one;
	json_t			*custom;
	size_t			 i;

	if (json_array_size(jobs) == 0 && recorded != NULL)
		by_state(job, s, recorded);
	else if (json_array_size(jobs) == 0 && stage_was_begun(o))
		begun_unreadable(job, s, o->at, keepf("%s is gone",
		    begun_words(o)));
	json_array_foreach(jobs, i, custom) {
		one = *s;
		by_state(job, &one, custom);
		if (i == 0 || one.phase == DONE ||
		    (one.phase == RUNNING && s->phase != DONE))
			*s = one;
	}
}

/*
 * A training that succeeded left its evaluation beside the model.  -1 when
 * it could not be read, which is no verdict.
 */
static int
judge_evaluation(struct job *job, struct stage *s, struct error *error)
{
	const char		*g = job->open->generation, *path;
	struct bucket		 b;
	struct bytes		 bytes;
	struct evaluation	 e;
	struct error		 why;
	int			 rv;

	bucket_parse(job->config->store, &b);
	path = keepf("models/%s/evaluation.json", g);
	if ((rv = bucket_read(job->google, &b, path, &bytes, error)) == -1)
		return -1;
	if (rv == 1)
		stage_set(s, FAILED, keepf("the trainer wrote no %s",
		    bucket_url(&b, path)));
	else if (evaluation_parse(&bytes, bucket_url(&b, path), &e,
	    &why) == -1)
		stage_set(s, FAILED, keepf("%s", why.text));
	else if (strcmp(e.generation, g) != 0)
		stage_set(s, FAILED, keepf("%s is of %s", bucket_url(&b, path),
		    e.generation));
	bytes_free(&bytes);
	return 0;
}

/* What is read of Vertex AI for a generation that is open. */
enum { EXPORT, JOBS, MODEL, RECORDED, UPLOAD, VERTEX_LOOKS };

static struct look
look_at_recorded(const struct outcome *o)
{
	return stage_was_begun(o) && o->name != NULL ?
	    vertex_look_operation(o->name) : (struct look){ .path = NULL };
}

static int
read_vertex(const struct job *job, struct look *look, struct error *error)
{
	const char		*g = job->open->generation;
	struct look		 all[VERTEX_LOOKS];
	size_t			 at[VERTEX_LOOKS], n = 0, i;

	look[EXPORT] = bigquery_look_job(&job->config->bigquery,
	    keepf("%s-export", g));
	look[JOBS] = vertex_look_jobs(job->config, g);
	look[MODEL] = vertex_look_model(job->config, g);
	look[RECORDED] = look_at_recorded(stage_outcome(job, "train"));
	look[UPLOAD] = look_at_recorded(stage_outcome(job, "upload"));
	for (i = 0; i < VERTEX_LOOKS; i++)
		if (look[i].path != NULL) {
			all[n] = look[i];
			at[n++] = i;
		}
	if (google_look(job->google, all, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++)
		look[at[i]] = all[i];
	return 0;
}

int
vertex_stages(struct job *job, struct error *error)
{
	const char	*g = job->open->generation;
	struct look	 look[VERTEX_LOOKS];
	struct stage	*s;

	if (read_vertex(job, look, error) == -1)
		return -1;
	s = begun_add(job, "export", keepf("datasets/%s/data-*.jsonl", g),
	    "its data is to be written to the bucket");
	s->spends = true;
	if (json_array_size(look[JOBS].json) > 0 ||
	    stage_was_begun(stage_outcome(job, "train")))
		stage_set(s, DONE, "a training was begun on it");
	else
		begun_by_job(job, s, look[EXPORT].json);
	s = begun_add(job, "train", keepf("custom job of %s", g),
	    "its data is in the bucket and its model is not");
	s->spends = true;
	by_custom_jobs(job, s, look[JOBS].json, look[RECORDED].json);
	if (s->phase == DONE && look[MODEL].json == NULL &&
	    judge_evaluation(job, s, error) == -1)
		return -1;
	begun_recall(job, s);
	s = begun_add(job, "upload", keepf("model %s of Vertex AI", g),
	    "it was trained, and Vertex AI does not list it");
	job->model = google_text(look[MODEL].json, "name");
	if (job->model != NULL)
		stage_set(s, DONE, "Vertex AI lists its model");
	else if (look[UPLOAD].path != NULL) {
		begun_by_operation(job, s, look[UPLOAD].json,
		    stage_outcome(job, "upload"));
		begun_await(job, s);
	}
	return 0;
}
