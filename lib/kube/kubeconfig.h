/*
 * The current context of a kubeconfig: a server, its CA and a token.  Other
 * ways to say who one is (client certificates, plugins) are told apart and
 * refused with what to do instead.
 */

#ifndef KUBE_KUBECONFIG_H
#define KUBE_KUBECONFIG_H

struct error;

struct kubeconfig {
	const char	*server;
	const char	*ca;		/* file; NULL */
	const char	*ca_text;	/* PEM; NULL */
	const char	*token_file;	/* NULL: token */
	char		*token;		/* wipe it when it was taken over */
};

/* Kept for the run.  -1: BROKEN, with file:line:column where there is one. */
int	kubeconfig_read(const char *path, struct kubeconfig *,
	    struct error *) __attribute__((nonnull));

#endif
