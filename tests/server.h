/*
 * A server of a test, for one answer.
 */

#ifndef SERVER_H
#define SERVER_H

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <string.h>
#include <unistd.h>

#include "run/keep.h"

/*
 * A server that reads one request and gives the answer, or just hangs up.
 * Returns its pid and origin.
 */
static inline pid_t
server(const char *reply, const char **origin)
{
	struct sockaddr_in	 at = { .sin_family = AF_INET };
	socklen_t		 len = sizeof(at);
	char			 request[4096];
	pid_t			 pid;
	int			 s, c;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((s = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    bind(s, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(s, 1) == -1 ||
	    getsockname(s, (struct sockaddr *)&at, &len) == -1)
		err(1, "a server");
	*origin = keepf("http://127.0.0.1:%u", ntohs(at.sin_port));
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		if ((c = accept(s, NULL, NULL)) == -1 ||
		    read(c, request, sizeof(request)) <= 0 ||
		    write(c, reply, strlen(reply)) == -1)
			_exit(1);
		_exit(0);
	}
	close(s);
	return pid;
}

#endif
