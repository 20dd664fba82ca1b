#include <string.h>

#include "git/heads.h"
#include "run/keep.h"

static struct head *
find(const struct heads *h, const char *name, size_t len)
{
	size_t	 i;

	for (i = 0; i < h->n; i++)
		if (strlen(h->head[i].name) == len &&
		    memcmp(h->head[i].name, name, len) == 0)
			return &h->head[i];
	return NULL;
}

void
heads_set(struct heads *h, const char *name, const git_oid *at)
{
	struct head	*head = find(h, name, strlen(name));

	if (head == NULL) {
		h->head = keep_more(h->head, h->n, &h->room,
		    sizeof(*h->head));
		head = &h->head[h->n++];
		head->name = name;
	}
	head->at = *at;
}

void
heads_clear(struct heads *h)
{
	size_t	 i;

	for (i = 0; i < h->n; i++)
		h->head[i].at = (git_oid){ { 0 } };
}

void
heads_note(struct heads *h, const char *name, size_t len, const git_oid *at)
{
	struct head	*head = find(h, name, len);

	if (head != NULL)
		head->at = *at;
	else if (h->also != NULL && len > strlen(h->also) &&
	    memcmp(name, h->also, strlen(h->also)) == 0)
		heads_set(h, keep_copy(name, len), at);
}

const struct head *
heads_find(const struct heads *h, const char *name)
{
	return find(h, name, strlen(name));
}
