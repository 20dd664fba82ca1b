#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <isa-l/igzip_lib.h>

#include "data/inflate.h"
#include "run/error.h"

/* Read from the file at once: stays in the second-level cache. */
#define INPUT		(128 * 1024)

/*
 * A member's header is all there before it is begun: libisal loses count of
 * the header's own checksum when it meets the header in pieces.  64 KiB is
 * the longest extra field; names and comments are short.
 */
#define HEADER		(66 * 1024)

#define MAGIC		"\x1f\x8b"
#define MAGIC_LEN	2

struct inflate {
	const char		*path;
	int			 fd;
	bool			 gzip;
	bool			 ended;		/* the file, not its content */
	size_t			 member;	/* from 1 */
	uint64_t		 taken;		/* bytes read from the file */
	struct inflate_state	 state;		/* plain: only its input */
	unsigned char		 input[INPUT];
};

static int
pull(struct inflate *f, void *to, size_t room, size_t *got,
    struct error *error)
{
	ssize_t	 n;

	do
		n = read(f->fd, to, room);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return error_errno(error, RETRY, "%s", f->path);
	*got = (size_t)n;
	f->ended = n == 0;
	f->taken += (uint64_t)n;
	return 0;
}

/* Adds to the input that is left, in front of it what was. */
static int
refill(struct inflate *f, struct error *error)
{
	struct inflate_state	*s = &f->state;
	size_t			 n = 0;

	if (s->avail_in > 0)
		memmove(f->input, s->next_in, s->avail_in);
	s->next_in = f->input;
	if (pull(f, f->input + s->avail_in, sizeof(f->input) - s->avail_in,
	    &n, error) == -1)
		return -1;
	s->avail_in += (uint32_t)n;
	return 0;
}

static int
damage(const struct inflate *f, const char *what, struct error *error)
{
	return error_set(error, BROKEN, "%s: gzip member %zu, byte %llu: %s; "
	    "fetch the file again", f->path, f->member, (unsigned long long)
	    (f->taken - f->state.avail_in), what);
}

/* Enough input for a header; 1, or 0 at the end of the file. */
static int
look(struct inflate *f, struct error *error)
{
	while (f->state.avail_in < HEADER && !f->ended)
		if (refill(f, error) == -1)
			return -1;
	return f->state.avail_in > 0;
}

/* Begins the member that comes next: 1, or 0 at the end of the file. */
static int
begin(struct inflate *f, struct error *error)
{
	int	 rv = look(f, error);

	if (rv < 1)
		return rv;
	if (f->state.avail_in < MAGIC_LEN ||
	    memcmp(f->state.next_in, MAGIC, MAGIC_LEN) != 0)
		return damage(f, "expected another member or the end of the "
		    "file", error);
	isal_inflate_reset(&f->state);
	f->state.crc_flag = ISAL_GZIP;
	f->member++;
	return 1;
}

static const char *
reason(int rv)
{
	switch (rv) {
	case ISAL_INCORRECT_CHECKSUM:
		return "the checksum or the length does not match";
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD:
		return "the header is not one of gzip";
	default:
		return "the compressed data is damaged";
	}
}

/* One step; what was inflated shows in the state. */
static int
step(struct inflate *f, struct error *error)
{
	struct inflate_state	*s = &f->state;
	uint32_t		 room = s->avail_out;
	int			 rv;

	if (s->avail_in == 0 && !f->ended && refill(f, error) == -1)
		return -1;
	if ((rv = isal_inflate(s)) < 0)
		return damage(f, reason(rv), error);
	if (s->avail_out == room && s->avail_in == 0 && f->ended &&
	    s->block_state != ISAL_BLOCK_FINISH)
		return damage(f, "the file is cut short", error);
	return 0;
}

static int
unpack(struct inflate *f, char *to, size_t room, size_t *n,
    struct error *error)
{
	struct inflate_state	*s = &f->state;
	int			 rv = 1;

	if (room > INT_MAX)
		room = INT_MAX;
	s->next_out = (uint8_t *)to;
	s->avail_out = (uint32_t)room;
	while (s->avail_out > 0) {
		if (s->block_state == ISAL_BLOCK_FINISH &&
		    (rv = begin(f, error)) < 1)
			break;
		if ((rv = step(f, error)) == -1)
			break;
	}
	*n = room - s->avail_out;
	return rv == -1 ? -1 : 0;
}

int
inflate_read(struct inflate *f, char *to, size_t room, size_t *n,
    struct error *error)
{
	struct inflate_state	*s = &f->state;

	if (f->gzip)
		return unpack(f, to, room, n, error);
	if (s->avail_in == 0)
		return pull(f, to, room, n, error);
	*n = s->avail_in < room ? s->avail_in : room;
	memcpy(to, s->next_in, *n);
	s->next_in += *n;
	s->avail_in -= (uint32_t)*n;
	return 0;
}

static int
start(struct inflate *f, struct error *error)
{
	struct stat	 st;

	/* A pipe would hold the run up, a folder has no content. */
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->fd == -1)
		return error_errno(error, BROKEN, "%s", f->path);
	if (fstat(f->fd, &st) == -1)
		return error_errno(error, RETRY, "%s", f->path);
	if (!S_ISREG(st.st_mode))
		return error_set(error, BROKEN, "%s: expected a regular file",
		    f->path);
	isal_inflate_init(&f->state);
	f->state.avail_in = 0;
	if (look(f, error) == -1)
		return -1;
	f->gzip = f->state.avail_in >= MAGIC_LEN &&
	    memcmp(f->state.next_in, MAGIC, MAGIC_LEN) == 0;
	f->state.block_state = ISAL_BLOCK_FINISH;
	return 0;
}

struct inflate *
inflate_open(const char *path, struct error *error)
{
	struct inflate	*f;

	if ((f = malloc(sizeof(*f))) == NULL) {
		error_errno(error, RETRY, "%s", path);
		return NULL;
	}
	f->path = path;
	f->fd = -1;
	f->gzip = f->ended = false;
	f->member = 0;
	f->taken = 0;
	if (start(f, error) == -1) {
		inflate_close(f);
		return NULL;
	}
	return f;
}

void
inflate_close(struct inflate *f)
{
	if (f == NULL)
		return;
	if (f->fd != -1)
		close(f->fd);
	free(f);
}
