/*
 * Where a repository is, as configured.
 */

#ifndef GIT_URL_H
#define GIT_URL_H

#include <stdbool.h>

struct error;

/*
 * The folder that a path, a file:///path or a file://localhost/path names;
 * kept for the run.  As in git, something with a colon before its first
 * slash is no path, and only URLs have percent escapes (RFC 3986, 2.1).
 * Every other form is BROKEN.
 */
const char	*url_path(const char *url, struct error *)
		    __attribute__((nonnull));

/* Whether it is an http:// or https:// URL; or one of those or ssh://. */
bool		 url_is_http(const char *url) __attribute__((nonnull));
bool		 url_is_remote(const char *url) __attribute__((nonnull));

#endif
