/*
 * PipelineRuns of Tekton: v1, and v1beta1, which is the same object under
 * another version.  Pure.
 *
 * https://tekton.dev/docs/pipelines/pipelineruns/: their fields, that extra
 * parameters may be passed, and what the condition Succeeded says.
 * https://tekton.dev/docs/pipelines/migrating-v1beta1-to-v1/: what has other
 * names in v1.
 */

#ifndef KUBE_TEKTON_H
#define KUBE_TEKTON_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define PIPELINERUN_V1		"tekton.dev/v1"
#define PIPELINERUN_V1BETA1	"tekton.dev/v1beta1"
#define PIPELINERUN_RESOURCE	"pipelineruns"

/* Kept for the run. */
struct param {
	const char	*name, *value;
};

/*
 * What is wrong with the form of a run's template (apiVersion, which may be
 * missing, and spec); NULL: nothing that shows before it is sent.
 */
const char	*tekton_problem(const json_t *template)
		    __attribute__((nonnull));

/* The version that a template is of; v1 when it does not say. */
const char	*tekton_group(const json_t *template) __attribute__((nonnull));

/*
 * The list of parameters of a run, a new reference: ours in the places that
 * the spec of the template has for them, and behind them the others.
 */
json_t		*tekton_params(const json_t *spec, const struct param *,
		    size_t) __attribute__((nonnull(1)));

/*
 * Renames what v1 calls otherwise than v1beta1, in which the templates of
 * old were written without saying so.  v1 drops what it does not know: a run
 * would have the rights of another account.
 */
void		 tekton_modernise(json_t *spec) __attribute__((nonnull));

/*
 * How a run ended: 1 well, 0 not (failed, cancelled, timed out), -1 not yet.
 * Reasons are many and grow; the status of its condition has three values.
 */
int		 tekton_succeeded(const json_t *run) __attribute__((nonnull));

/* The value of one of a run's results; NULL: none of that name is a text. */
const char	*tekton_result(const json_t *run, const char *name)
		    __attribute__((nonnull));

#endif
