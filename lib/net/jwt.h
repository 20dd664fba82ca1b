/*
 * A signed JSON Web Token (RFC 7519) in the compact form, and the texts that
 * secrets are put together from.
 */

#ifndef NET_JWT_H
#define NET_JWT_H

#include <jansson.h>

struct error;

/*
 * Claims, signed by RS256 with a private key in PEM; kid names the key, or
 * is NULL.  The caller ends it with jwt_wipe().  NULL with an error that
 * tells nothing of the key.
 */
char	*jwt_make(const json_t *claims, const char *kid, const char *pem,
	    struct error *) __attribute__((nonnull(1, 3, 4)));

/* What two texts make; the first, which may be NULL, is wiped and freed. */
char	*jwt_joined(char *, const char *) __attribute__((nonnull(2)));

/* Wipes and frees one; NULL is left alone. */
void	 jwt_wipe(char *);

#endif
