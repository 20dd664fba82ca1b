/*
 * The signature RS256 (RFC 7518, 3.3) by libcrypto, which is loaded when the
 * first one is made: libcurl brings it anyway, and most runs sign nothing.
 */

#ifndef NET_RS256_H
#define NET_RS256_H

#include <stddef.h>

struct error;

/*
 * Signs with a private key in PEM (PKCS#1 or PKCS#8): the signature in
 * base64url without padding, which the caller wipes and frees.  NULL with an
 * error that tells nothing of the key, BROKEN.
 */
char	*rs256_sign(const char *pem, const char *text, size_t len,
	    struct error *) __attribute__((nonnull));

/* Bytes in base64url without padding (RFC 4648, 5); freed likewise. */
char	*rs256_base64(const void *, size_t len) __attribute__((nonnull));

#endif
