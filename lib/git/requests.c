#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git/forge.h"
#include "git/github.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"

#define A_PAGE		30	/* requests: each is 20 KB */
#define PAGES		100	/* at most */

/* A time of the API; 0: null or none. */
static time_t
time_of(const json_t *json, const char *key)
{
	const char	*text = github_text(json, key);
	time_t		 t;

	return text == NULL || when_parse(text, &t) == -1 ? 0 : t;
}

static bool
is(const json_t *json, const char *path, const char *value)
{
	const char	*text = github_text(json, path);

	return text != NULL && strcasecmp(text, value) == 0;
}

/* Anybody may open a request, from any repository, with any text. */
static bool
is_ours(const struct forge *f, const json_t *pull)
{
	return is(pull, "user.login", f->account);
}

static bool
is_into_base(const struct forge *f, const json_t *pull)
{
	return is(pull, "base.ref", f->terms->base);
}

/* From one of our branches, in whatever repository. */
static bool
is_from_head(const struct forge *f, const json_t *pull)
{
	const char	*ref = github_text(pull, "head.ref");
	size_t		 n = strlen(f->terms->head);

	return ref != NULL && strncmp(ref, f->terms->head, n) == 0 &&
	    (ref[n] == '\0' || (f->terms->more && ref[n] == '-'));
}

static bool
is_from_repository(const struct forge *f, const json_t *pull)
{
	return is(pull, "head.repo.full_name", f->terms->head_repository);
}

static const char *
owner(const char *slug)
{
	return keep_copy(slug, strcspn(slug, "/"));
}

/*
 * Whether what a person made of it counts.  What we have open is from the
 * repository that is pushed to.  What is closed may be from there under
 * another name: it was renamed, or deleted.
 */
static bool
counts(const struct forge *f, const json_t *pull)
{
	return is_into_base(f, pull) && (is_from_repository(f, pull) ||
	    (is(pull, "state", "closed") && is(pull, "head.user.login",
	    owner(f->terms->head_repository))));
}

static const char *
some(const char *text)
{
	return text == NULL ? "" : text;
}

static int
add(struct forge_requests *all, size_t *room, const json_t *pull,
    struct error *error)
{
	struct forge_request	*r;
	const char		*state = github_text(pull, "state");
	const char		*sha = github_text(pull, "head.sha");
	json_int_t		 number = json_integer_value(json_object_get(
				    pull, "number"));

	if (state == NULL || sha == NULL || number <= 0 ||
	    time_of(pull, "created_at") == 0)
		return error_set(error, RETRY, "a pull request without "
		    "number, state, head or time");
	all->request = keep_more(all->request, all->n, room,
	    sizeof(*all->request));
	r = &all->request[all->n++];
	*r = (struct forge_request){ .number = (long)number,
	    .url = some(github_text(pull, "html_url")),
	    .id = some(github_text(pull, "node_id")),
	    .open = strcmp(state, "open") == 0,
	    .merged = time_of(pull, "merged_at") != 0,
	    .head = some(github_text(pull, "head.ref")),
	    .title = some(github_text(pull, "title")),
	    .body = some(github_text(pull, "body")), .sha = sha,
	    .created = time_of(pull, "created_at"),
	    .closed = time_of(pull, "closed_at") };
	return 0;
}

/* A part of a query: what is not plain is escaped (RFC 3986, 2.1). */
static const char *
quoted(const char *text)
{
	static const char	 plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
	char			*out = keep(strlen(text) * 3 + 1), *p = out;

	for (; *text != '\0'; text++)
		if (strchr(plain, *text) != NULL)
			*p++ = *text;
		else
			p += snprintf(p, 4, "%%%02X", (unsigned char)*text);
	return out;
}

/* What a list is of; the forge has no filter for several branches. */
struct list {
	const char	*state;
	const char	*head;		/* NULL: from any */
	time_t		 since;
	json_t		*page;		/* the first */
};

/* A request may be closed long after it was opened, and about another model. */
static bool
is_closed(const struct list *l)
{
	return strcmp(l->state, "closed") == 0;
}

static const char *
list_path(const struct forge *f, const struct list *l, int page)
{
	return keepf("/repos/%s/pulls?state=%s%s&sort=%s&direction=desc&"
	    "per_page=%d&page=%d", f->terms->repository, l->state,
	    l->head == NULL ? "" : keepf("&head=%s%%3A%s",
	    quoted(owner(f->terms->head_repository)), quoted(l->head)),
	    is_closed(l) ? "updated" : "created", A_PAGE, page);
}

/* Why one of ours is not the one, and what to do about it. */
static const char *
astray(const struct forge *f, const json_t *pull, const char *number)
{
	if (!is_into_base(f, pull))
		return keepf("%s goes to %s; point it at %s again", number,
		    some(github_text(pull, "base.ref")), f->terms->base);
	return keepf("%s is from %s, not from %s; name that in "
	    "config.git.push.url", number,
	    some(github_text(pull, "head.repo.full_name")),
	    f->terms->head_repository);
}

/*
 * The forge allows one request from a branch into another: somebody else's
 * keeps ours out.  One of ours that goes elsewhere was pointed there; one
 * from elsewhere is from a repository that has another name than we know.
 */
static void
note_other(const struct forge *f, const json_t *pull, size_t *room,
    struct forge_requests *all)
{
	bool		 ours = is_ours(f, pull);
	const char	*number = keepf("#%lld", (long long)
			    json_integer_value(json_object_get(pull,
			    "number")));

	if (!is(pull, "state", "open") || (!ours &&
	    (!is_into_base(f, pull) || !is_from_repository(f, pull))) ||
	    github_text(pull, "head.repo.full_name") == NULL)
		return;
	all->other = keep_more(all->other, all->nothers, room,
	    sizeof(*all->other));
	all->other[all->nothers++] = (struct forge_other){
	    .head = some(github_text(pull, "head.ref")), .ours = ours,
	    .words = ours ? astray(f, pull, number) : keepf("%s of %s",
	    number, some(github_text(pull, "user.login"))) };
}

/* The arrays of all that is found. */
struct rooms {
	size_t	 request, other;
};

static int
add_page(const struct forge *f, json_t *page, struct forge_requests *all,
    struct rooms *room, struct error *error)
{
	json_t	*pull;
	size_t	 i;

	if (!json_is_array(page))
		return error_set(error, RETRY, "expected a list of pull "
		    "requests");
	json_array_foreach(page, i, pull) {
		if (!is_from_head(f, pull))
			continue;
		if (!is_ours(f, pull) || !counts(f, pull))
			note_other(f, pull, &room->other, all);
		else if (add(all, &room->request, pull, error) == -1)
			return -1;
	}
	return 0;
}

/*
 * Whether no page behind it is asked for: there is none, or only of requests
 * that did not change since.  0, 1, or -1.
 */
static int
is_last(const json_t *page, time_t since, struct error *error)
{
	size_t	 n = json_array_size(page);
	time_t	 changed;

	if (n < A_PAGE)
		return 1;
	changed = time_of(json_array_get(page, n - 1), "updated_at");
	if (changed == 0)
		return error_set(error, RETRY, "a pull request without the "
		    "time of its last change");
	return changed < since;
}

/* Anybody's text may be long; what is not ours is not kept. */
static void
lighten(const struct forge *f, const json_t *page)
{
	json_t	*pull;
	size_t	 i;

	json_array_foreach(page, i, pull)
		if (!is_ours(f, pull))
			json_object_del(pull, "body");
}

/* The same request, unchanged since. */
static bool
is_same(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "number"),
	    json_object_get(b, "number")) &&
	    time_of(a, "updated_at") == time_of(b, "updated_at");
}

/*
 * What changes goes to the top, and moves others to a page before theirs,
 * which was read.
 */
static int
is_unmoved(struct forge *f, const struct list *l, struct error *error)
{
	const char	*path = list_path(f, l, 1);
	json_t		*page;
	size_t		 i;

	if (github_get(f, &path, &page, 1, error) == -1)
		return -1;
	lighten(f, page);
	for (i = 0; i < json_array_size(l->page); i++)
		if (!is_same(json_array_get(l->page, i),
		    json_array_get(page, i)))
			return error_set(error, RETRY, "%s pull requests "
			    "changed while they were read", l->state);
	return 0;
}

/* The pages behind the first, which is given. */
static int
add_pages(struct forge *f, const struct list *l, struct forge_requests *all,
    struct rooms *room, struct error *error)
{
	const char	*path;
	json_t		*page = l->page;
	int		 last, n;

	for (n = 2; add_page(f, page, all, room, error) == 0; n++) {
		if ((last = is_last(page, l->since, error)) == -1)
			return -1;
		if (last == 1)
			return n > 2 && is_closed(l) ?
			    is_unmoved(f, l, error) : 0;
		if (n > PAGES)
			return error_set(error, BROKEN, "more than %d %s pull "
			    "requests%s", PAGES * A_PAGE, l->state,
			    l->head == NULL ? "" : keepf(" from %s", l->head));
		path = list_path(f, l, n);
		if (github_get(f, &path, &page, 1, error) == -1)
			return -1;
		lighten(f, page);
	}
	return -1;
}

/*
 * Whether an open one can be merged is not told by lists, which may also be
 * older than the request itself.
 */
static int
find_conflict(struct forge *f, struct forge_request *r, struct error *error)
{
	const char	*path = keepf("/repos/%s/pulls/%ld",
			    f->terms->repository, r->number);
	json_t		*json;

	if (github_get(f, &path, &json, 1, error) == -1)
		return -1;
	if (github_text(json, "state") == NULL)
		return error_set(error, RETRY, "#%ld without a state",
		    r->number);
	r->open = is(json, "state", "open");
	r->merged = time_of(json, "merged_at") != 0;
	r->closed = time_of(json, "closed_at");
	/* null: it is being computed, and nothing is known. */
	r->conflict = json_is_false(json_object_get(json, "mergeable")) &&
	    is(json, "mergeable_state", "dirty");
	return 0;
}

static bool
is_listed(const struct forge_requests *all, long number)
{
	size_t	 i;

	for (i = 0; i < all->n; i++)
		if (all->request[i].number == number)
			return true;
	return false;
}

/* The document may name another repository since then: that has none. */
static int
add_opened(struct forge *f, long number, struct forge_requests *all,
    struct rooms *room, struct error *error)
{
	const char	*path = keepf("/repos/%s/pulls/%ld",
			    f->terms->repository, number);
	json_t		*page = keep_json(json_array()), *pull;
	int		 rv;

	if (number == 0 || is_listed(all, number))
		return 0;
	if ((rv = github_find(f, path, &pull, error)) != 0)
		return rv == 1 ? 0 : -1;
	json_array_append(page, pull);
	return add_page(f, page, all, room, error);
}

/* First pages, together. */
static int
get_lists(struct forge *f, struct list *l, size_t n, struct error *error)
{
	const char	**path = keep((n + 1) * sizeof(*path));
	json_t		**page = keep((n + 1) * sizeof(*page));
	size_t		 i;

	for (i = 0; i < n; i++)
		path[i] = list_path(f, &l[i], 1);
	if (n > 0 && github_get(f, path, page, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		l[i].page = page[i];
		lighten(f, page[i]);
	}
	return 0;
}

/* A forge counts them. */
static int
newer_first(const void *a, const void *b)
{
	const struct forge_request	*x = a, *y = b;

	return (x->number < y->number) - (x->number > y->number);
}

int
forge_requests(struct forge *f, const struct forge_query *q,
    struct forge_requests *all, struct error *error)
{
	struct list	*l = keep((q->n + 1) * sizeof(*l));
	struct rooms	 room = { 0, 0 };
	size_t		 i;
	int		 rv;

	*all = (struct forge_requests){ .n = 0 };
	l[0] = (struct list){ "open", f->terms->more ? NULL : f->terms->head,
	    0, NULL };
	for (i = 0; i < q->n; i++)
		l[i + 1] = (struct list){ "closed", q->head[i], q->since,
		    NULL };
	/*
	 * One after the other: what is not open any more when the first is
	 * read is closed in the others, and is missed by neither.
	 */
	rv = get_lists(f, l, 1, error) == -1 ? -1 :
	    get_lists(f, l + 1, q->n, error);
	for (i = 0; i <= q->n && rv == 0; i++)
		rv = add_pages(f, &l[i], all, &room, error);
	if (rv == 0)
		rv = add_opened(f, q->opened, all, &room, error);
	if (rv == -1)
		return error_in(error, "requests of %s", f->terms->repository);
	if (all->n > 0)
		qsort(all->request, all->n, sizeof(*all->request),
		    newer_first);
	for (i = 0; i < all->n; i++)
		if (all->request[i].open &&
		    find_conflict(f, &all->request[i], error) == -1)
			return -1;
	return 0;
}

/* One write; *json is what came back. */
static int
send_json(struct forge *f, struct guard *guard, const char *method,
    const char *path, const json_t *body, json_t **json, struct error *error)
{
	const char	*text = keep_dump(body);
	struct answer	 a;
	int		 rv = 0;

	if (http_send(f->http, guard, &(struct request){ .method = method,
	    .path = path, .type = "application/json", .body = text,
	    .len = strlen(text) }, &a, error) == -1)
		return -1;
	if (a.status < 200 || a.status > 299)
		rv = github_refused(f, keepf("%s %s", method, path), &a,
		    error);
	else if ((*json = http_json(&a, error)) == NULL)
		rv = error_in(error, "%s %s", method, path);
	http_free(&a);
	return rv;
}

static const char *
pull_path(const struct forge *f, const char *kind, long number,
    const char *behind)
{
	return keepf("%s/repos/%s/%s/%ld%s", f->prefix, f->terms->repository,
	    kind, number, behind);
}

/*
 * Two repositories of one owner are told apart by head_repo alone, OWNER/NAME
 * as well (format repo.nwo); the head is the bare branch then.
 */
static json_t *
proposal(const struct forge *f, const struct forge_request *r, bool draft)
{
	const char	*slug = f->terms->head_repository;
	const char	*base = f->terms->repository;
	bool		 sibling = strcasecmp(slug, base) != 0 &&
			    strcasecmp(owner(slug), owner(base)) == 0;
	json_t		*json = keep_json(json_pack("{ss ss ss sb}",
			    "title", r->title, "body", r->body,
			    "base", f->terms->base, "draft", draft));

	json_object_set_new(json, "head", json_string(sibling ? r->head :
	    keepf("%s:%s", owner(slug), r->head)));
	if (sibling)
		json_object_set_new(json, "head_repo", json_string(slug));
	return json;
}

int
forge_propose(struct forge *f, struct guard *guard,
    const struct forge_request *r, bool draft, const char **name,
    struct error *error)
{
	json_t		*json = proposal(f, r, draft);
	json_int_t	 number;

	if (send_json(f, guard, "POST", keepf("%s/repos/%s/pulls", f->prefix,
	    f->terms->repository), json, &json, error) == -1)
		return strstr(error->text, "already exists") == NULL ? -1 :
		    error_set(error, RETRY, "%s; no list has it: where runs "
		    "go on to say this, is config.git.push.url the name that "
		    "the repository has now?", keepf("%s", error->text));
	number = json_integer_value(json_object_get(json, "number"));
	*name = keepf("#%lld", (long long)number);
	return 0;
}

/* A state that stays is not said: a person may have closed it meanwhile. */
int
forge_edit(struct forge *f, struct guard *guard,
    const struct forge_request *r, struct error *error)
{
	json_t	*json = keep_json(json_pack("{ss ss}", "title", r->title,
		    "body", r->body));

	if (!r->open)
		json_object_set_new(json, "state", json_string("closed"));
	return send_json(f, guard, "PATCH", pull_path(f, "pulls", r->number,
	    ""), json, &json, error);
}

static json_t *
names(const char *const name[], size_t n)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_string(name[i]));
	return list;
}

int
forge_label(struct forge *f, struct guard *guard, long number,
    const char *const label[], size_t n, struct error *error)
{
	json_t	*json = keep_json(json_pack("{so}", "labels",
		    names(label, n)));

	return send_json(f, guard, "POST", pull_path(f, "issues", number,
	    "/labels"), json, &json, error);
}

/* "ORGANISATION/TEAM" is a team, and asked by its own name. */
int
forge_ask(struct forge *f, struct guard *guard, long number,
    const char *const reviewer[], size_t n, struct error *error)
{
	const char	**user = keep((n + 1) * sizeof(*user));
	const char	**team = keep((n + 1) * sizeof(*team));
	size_t		 i, users = 0, teams = 0;
	json_t		*json;

	for (i = 0; i < n; i++)
		if (strchr(reviewer[i], '/') != NULL)
			team[teams++] = strchr(reviewer[i], '/') + 1;
		else
			user[users++] = reviewer[i];
	json = keep_json(json_pack("{so so}", "reviewers",
	    names(user, users), "team_reviewers", names(team, teams)));
	return send_json(f, guard, "POST", pull_path(f, "pulls", number,
	    "/requested_reviewers"), json, &json, error);
}

/* What is to be done about a refusal of auto-merge. */
static const char *
remedy(const struct forge *f, const char *words)
{
	return strstr(words, "clean status") == NULL &&
	    strstr(words, "unstable status") == NULL ? "" : keepf(": nothing "
	    "that %s requires is left to wait for; merge it by hand, or have "
	    "a check or a review required", f->terms->base);
}

/* What only GraphQL has; an error there comes with status 200. */
int
forge_automerge(struct forge *f, struct guard *guard, const char *id,
    const char *how, struct error *error)
{
	static const char	 mutation[] =
		"mutation($id:ID!,$how:PullRequestMergeMethod!){"
		"enablePullRequestAutoMerge(input:{pullRequestId:$id,"
		"mergeMethod:$how}){clientMutationId}}";
	const char		*method = strcmp(how, "squash") == 0 ?
				    "SQUASH" : strcmp(how, "rebase") == 0 ?
				    "REBASE" : "MERGE";
	const char		*words;
	json_t			*json = keep_json(json_pack("{ss s{ss ss}}",
				    "query", mutation, "variables", "id", id,
				    "how", method));

	if (send_json(f, guard, "POST", *f->prefix == '\0' ? "/graphql" :
	    "/api/graphql", json, &json, error) == -1)
		return -1;
	words = github_text(json_array_get(json_object_get(json, "errors"),
	    0), "message");
	return words == NULL ? 0 : error_set(error, BROKEN, "%s: auto-merge: "
	    "%s%s", http_origin(f->http), words, remedy(f, words));
}
