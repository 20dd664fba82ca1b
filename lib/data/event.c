#include <string.h>

#include "data/event.h"
#include "data/walk.h"

/* A key, and the part its value is. */
struct key {
	const char	*name;
	enum event_part	 part;
};

static const struct key	 top[] = {
	{ "type", EVENT_TYPE },
	{ "id", EVENT_ID },
	{ "created_at", EVENT_CREATED },
	{ NULL, EVENT_PARTS }
};

static const struct key	 issue[] = {
	{ "number", EVENT_NUMBER },
	{ "html_url", EVENT_URL },
	{ "title", EVENT_TITLE },
	{ "body", EVENT_BODY },
	{ "labels", EVENT_LABELS },
	{ "created_at", EVENT_ISSUE_CREATED },
	{ "updated_at", EVENT_ISSUE_UPDATED },
	{ NULL, EVENT_PARTS }
};

/* Over a value, noted when its key is one of the keys. */
static int
note(struct walk *w, const struct slice *name, const struct key *key,
    struct event *e)
{
	struct slice	 ignored;

	for (; key->name != NULL; key++)
		if (walk_is(name, key->name))
			return walk_skip(w, &e->part[key->part]);
	return walk_skip(w, &ignored);
}

static void
forget(struct event *e, enum event_part from, enum event_part to)
{
	for (; from <= to; from++)
		e->part[from] = (struct slice){ .at = NULL };
}

static int
read_pull(struct walk *w, struct event *e)
{
	struct slice	 name, value;
	int		 c = walk_peek(w), rv;

	e->pull = c != 'n';
	if (c != '{')
		return walk_skip(w, &value);
	e->pull = false;
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &name)) == 1) {
		if (walk_skip(w, &value) == -1)
			return -1;
		if (*value.at != 'n')
			e->pull = true;
	}
	return rv;
}

static int
read_issue(struct walk *w, struct event *e)
{
	struct slice	 name;
	int		 rv;

	forget(e, EVENT_NUMBER, EVENT_ISSUE_UPDATED);
	e->pull = false;
	if (!(e->issue = walk_peek(w) == '{'))
		return walk_skip(w, &name);
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &name)) == 1)
		if ((walk_is(&name, "pull_request") ? read_pull(w, e) :
		    note(w, &name, issue, e)) == -1)
			return -1;
	return rv;
}

static int
read_payload(struct walk *w, struct event *e)
{
	struct slice	 name, ignored;
	int		 rv;

	forget(e, EVENT_NUMBER, EVENT_ISSUE_UPDATED);
	e->issue = e->pull = false;
	if (walk_peek(w) != '{')
		return walk_skip(w, &ignored);
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &name)) == 1)
		if ((walk_is(&name, "issue") ? read_issue(w, e) :
		    walk_skip(w, &ignored)) == -1)
			return -1;
	return rv;
}

static int
read_repo(struct walk *w, struct event *e)
{
	static const struct key	 keys[] = {
		{ "name", EVENT_REPO }, { NULL, EVENT_PARTS }
	};
	struct slice		 name;
	int			 rv;

	forget(e, EVENT_REPO, EVENT_REPO);
	if (walk_peek(w) != '{')
		return walk_skip(w, &name);
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &name)) == 1)
		if (note(w, &name, keys, e) == -1)
			return -1;
	return rv;
}

int
event_read(struct walk *w, struct event *e)
{
	struct slice	 name;
	int		 rv;

	forget(e, EVENT_TYPE, EVENT_ISSUE_UPDATED);
	e->issue = e->pull = false;
	if (walk_peek(w) != '{') {
		w->expected = "an event: an object";
		return -1;
	}
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &name)) == 1) {
		if (walk_is(&name, "payload"))
			rv = read_payload(w, e);
		else if (walk_is(&name, "repo"))
			rv = read_repo(w, e);
		else
			rv = note(w, &name, top, e);
		if (rv == -1)
			return -1;
	}
	return rv == -1 ? -1 : walk_end(w);
}
