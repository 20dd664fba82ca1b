/*
 * Which URLs an object may have asked, and with which token.  Pure: names
 * are not looked up here.
 */

#ifndef RUN_PIPELINE_URLS_H
#define RUN_PIPELINE_URLS_H

#include <stdbool.h>

struct refusal;
struct runner;

/* A URL in parts; kept for the run. */
struct url {
	const char	*origin;	/* "http://host:8080", as http_open()
					   takes it (http.h) */
	const char	*path;		/* with its query; begins with a "/" */
	const char	*token;		/* file of the longest prefix; NULL */
	bool		 loopback;	/* the host is this machine */
};

/*
 * Takes a URL apart and fills the refusal (reason InvalidURL or
 * URLNotAllowed) when it must not be asked: allowedURLs has no prefix of it
 * that ends where a segment of its path does; it is no plain http or https;
 * the host is written in an odd way, or is or means an address that is link
 * local, of nobody, or a cloud's metadata, or this machine's unless the
 * document allows that.  A redirect is not followed, so nothing else is to
 * be judged.
 */
void	urls_judge(const struct runner *, const char *text, struct url *,
	    struct refusal *) __attribute__((nonnull));

#endif
