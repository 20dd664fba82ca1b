#include <stdlib.h>
#include <string.h>

#include "net/jwt.h"
#include "net/rs256.h"
#include "run/error.h"
#include "run/keep.h"

void
jwt_wipe(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

char *
jwt_joined(char *was, const char *more)
{
	size_t	 n = was == NULL ? 0 : strlen(was), m = strlen(more);
	char	*is = malloc(n + m + 1);

	if (is != NULL) {
		memcpy(is, was == NULL ? "" : was, n);
		memcpy(is + n, more, m + 1);
	}
	jwt_wipe(was);
	return is;
}

/* "." and one more part; whatever fails, nothing secret stays. */
static char *
with_part(char *jwt, char *part)
{
	if (jwt != NULL && part != NULL)
		jwt = jwt_joined(jwt_joined(jwt, "."), part);
	else {
		jwt_wipe(jwt);
		jwt = NULL;
	}
	jwt_wipe(part);
	return jwt;
}

char *
jwt_make(const json_t *claims, const char *kid, const char *pem,
    struct error *error)
{
	const char	*body = keep_dump(claims);
	const char	*head = keep_dump(keep_json(json_pack("{ss ss ss*}",
			    "alg", "RS256", "typ", "JWT", "kid", kid)));
	char		*jwt = rs256_base64(head, strlen(head));

	jwt = with_part(jwt, rs256_base64(body, strlen(body)));
	if (jwt == NULL) {
		error_set(error, RETRY, "out of memory");
		return NULL;
	}
	return with_part(jwt, rs256_sign(pem, jwt, strlen(jwt), error));
}
