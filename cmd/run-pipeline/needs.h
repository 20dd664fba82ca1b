/*
 * What a lambda or a rule says: whether a sync is needed, and with which
 * parameters.
 */

#ifndef RUN_PIPELINE_NEEDS_H
#define RUN_PIPELINE_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct answer;
struct param;				/* kube/tekton.h */
struct refusal;
struct sync;

#define NEEDS_CEILING	((size_t)256 << 10)	/* bytes of an answer */
#define NEEDS_MOST	1000			/* parameters */

enum needs_state {
	NEEDS_UNASKED,
	NEEDS_FAILED,	/* ->reason and ->why tell */
	NEEDS_HELD,	/* so they do: a person must look at the model */
	NEEDS_LATER,	/* so they do: a tool does something else first */
	NEEDS_NOTHING,
	NEEDS_SYNC
};

struct needs {
	enum needs_state state;
	struct param	*param;		/* as they came, sorted by name */
	size_t		 n;
	const char	*reason, *why;	/* for a condition; NULL: none */
};

/*
 * Reads an answer (http.h) of any status.  It counts only when it is 200 and
 * JSON that says so, an object whose needsSync is true or false and whose
 * parameters, if any, are texts, numbers or truth values (which become
 * their text), with no errors.  Never fails: what is wrong is told by one
 * of the reasons LambdaRedirects, LambdaFailed (another status, or
 * errors in the answer, which are told), LambdaNotJSON (HTML, too deep, cut
 * short), LambdaTooLarge and LambdaInvalid (the form).
 */
void	needs_read(const struct answer *, struct needs *)
	    __attribute__((nonnull));

/* No answer came: reason LambdaUnreachable, with the error's text. */
void	needs_missing(const char *why, struct needs *)
	    __attribute__((nonnull));

/* The program whose plan an object's rule asks for. */
const char	*needs_tool(const struct sync *) __attribute__((nonnull));

/*
 * The same of a rule: the exit status and plan of train-model or deploy-model
 * in a dry run with -o json --held-ok, and the last line that it said.  A sync
 * is needed when that tool would start a generation, or would push; "name" is
 * then the generation, or the model's id.  ModelHeld: it holds.  RuleWaits: it
 * does something else before it could tell, or push.  RuleFailed: any other
 * status than 0 and 2, no plan (NULL), or one without a row.
 */
void	needs_plan(const struct sync *, int status, const json_t *plan,
	    const char *said, struct needs *) __attribute__((nonnull(1, 4, 5)));

/* It could not be asked: reason RuleFailed. */
void	needs_no_plan(const struct sync *, const char *why, struct needs *)
	    __attribute__((nonnull));

/*
 * The parameters of a run: each goes to the names that the object maps it
 * to, or under its own; sorted by name, at *param.  Refuses (reason
 * InvalidMapping, MissingParameter) two for one name, and a mapping of what
 * the answer does not have: the template's own value, a placeholder perhaps,
 * would go to the pipeline in its place.
 */
void	needs_map(const struct needs *, const struct sync *,
	    struct param **param, size_t *n, struct refusal *)
	    __attribute__((nonnull));

#endif
