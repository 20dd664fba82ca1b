/*
 * What the files of the smart protocol share; for nobody else.
 */

#ifndef GIT_EXCHANGE_H
#define GIT_EXCHANGE_H

#include <stddef.h>

struct answer;
struct error;
struct http;
struct message;
struct smart_means;
struct smart_terms;

struct smart {
	const struct smart_terms *terms;
	struct smart_means	*means;
	struct http		*http;
	const char		*path;		/* of the URL */
	/* Of version 1: what was advertised; kept for the run. */
	const char		*advert;
	size_t			 advert_len;
};

#define SERVICE_FETCH	"git-upload-pack"
#define SERVICE_PUSH	"git-receive-pack"

/*
 * Whether an answer of the smart protocol came.  Else -1 with a sentence:
 * BROKEN where a person must act, with what the server said.
 */
int	exchange_check(const struct smart *, const struct answer *,
	    const char *body, size_t len, const char *type, struct error *)
	    __attribute__((nonnull));

/* Reads what the server can do, and of version 1 where its refs point. */
int	exchange_greet(struct smart *, struct error *)
	    __attribute__((nonnull));

/* Begins a command of version 2. */
void	exchange_command(struct message *, const char *)
	    __attribute__((nonnull));

/*
 * Words of the server for a sentence: on one line, without control
 * characters, of a length that fits; kept for the run.
 */
const char	*exchange_words(const char *, size_t len)
		    __attribute__((nonnull));

/*
 * What to do where a server refused a push because it would be forced, as
 * git (receive.denyNonFastForwards), GitHub, GitLab and Forgejo say it; to be
 * put behind their words.  "": it is something else.
 */
const char	*exchange_remedy(const char *words) __attribute__((nonnull));

#endif
