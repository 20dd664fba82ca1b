/*
 * An object of Kubernetes that a person wrote, as YAML or JSON, to be sent to
 * the API server: read as strictly as the Model document.
 */

#ifndef MODEL_TEMPLATE_H
#define MODEL_TEMPLATE_H

#include <jansson.h>

struct error;

/*
 * The file's one mapping, kept for the run.  What stands without quotes is a
 * number, true, false or null where JSON has it so, else a text; what YAML 1.1
 * has otherwise than both (0440, yes) is refused, because the tools of
 * Kubernetes read that.  -1, BROKEN, with the first thing that is wrong;
 * RETRY when reading failed.
 */
int	template_read(const char *path, json_t **, struct error *)
	    __attribute__((nonnull));

#endif
