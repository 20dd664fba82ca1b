#include <string.h>

#include "net/journal.h"
#include "run/keep.h"

static struct passed	*page;
static size_t		 npassed, room;

void
journal_add(const char *method, const char *url, long status, long ms)
{
	page = keep_more(page, npassed, &room, sizeof(*page));
	page[npassed++] = (struct passed){
	    .method = keepf("%s", method),
	    .url = keep_copy(url, strcspn(url, "?")),
	    .status = status, .ms = ms };
}

const struct passed *
journal_read(size_t *n)
{
	*n = npassed;
	return page;
}

void
journal_turn(void)
{
	page = NULL;
	npassed = room = 0;
}
