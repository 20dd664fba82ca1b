#include <sys/stat.h>

#include <unistd.h>

#include "model/config.h"
#include "model/store.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "tmp.h"
#include "test.h"

static struct error	error;
static const char	*store;

static struct guard *
take(void)
{
	struct guard	*g = NULL;
	struct lease	*l;

	l = lease_read(&(struct lease_terms){
	    .directory = keepf("%s/leases", tmp()), .tool = "t",
	    .model = "m" }, &error);
	CHECK(l != NULL && lease_take(l, &(struct intent){ .verb = "v",
	    .target = "t", .document = "d", .at = lease_now(l),
	    .duration = 60 }, &g, &error) == 0);
	return g;
}

static int
publish(const char *from, const char *shelf, struct guard *g)
{
	return store_publish(&(struct publication){ store, from,
	    shelf, "g-1" }, g, &error);
}

static int
scratch(const char *owner, struct guard *g, const char **path)
{
	return store_scratch(&(struct scratch){ store, owner, "g-1" }, g,
	    path, &error);
}

static struct bytes	text = { (char[]){ "text" }, 4 };

static void
entries(void)
{
	struct guard	*g;
	struct strings	 names;
	const char	*path;

	test("a store that is not there is empty, and stays away");
	CHECK(store_list(store, "models", &names, &error) == 0);
	CHECK(names.n == 0 && access(store, F_OK) == -1);

	test("an entry appears whole, by one rename");
	g = take();
	CHECK(scratch("local/m", g, &path) == 0);
	CHECK(store_write(g, keepf("%s/file", path), &text, &error) == 0);
	CHECK(store_list(store, "models", &names, &error) == 0);
	CHECK(names.n == 0);
	CHECK(publish(path, "models", g) == 0);
	CHECK(store_list(store, "models", &names, &error) == 0);
	CHECK(names.n == 1);
	CHECK_STR(names.item[0], "g-1");
	CHECK_STR(tmp_text(keepf("%s/models/g-1/file", store)), "text");
	CHECK(store_list(store, "tmp", &names, &error) == 0 && names.n == 0);

	test("the guard is spent: nothing more is written");
	CHECK(scratch("local/m", g, &path) == -1);
	CHECK(store_write(g, keepf("%s/x", store), &text, &error) == -1);
	CHECK(access(keepf("%s/x", store), F_OK) == -1);
	CHECK(lease_drop(g, "done", NULL, &error) == 0);

	test("an entry is never replaced");
	g = take();
	CHECK(scratch("local/m", g, &path) == 0);
	CHECK(publish(path, "models", g) == -1);
	CHECK_STR(tmp_text(keepf("%s/models/g-1/file", store)), "text");
	CHECK(lease_drop(g, "failed", NULL, &error) == 0);

}

static void
leftovers(void)
{
	struct guard	*g;
	const char	*path, *old, *other;

	test("a scratch folder has a name of its own; old ones go");
	g = take();
	CHECK(scratch("local/m", g, &old) == 0);
	CHECK(mkdir(keepf("%s/deep", old), 0755) == 0);
	tmp_file(keepf("%s/deep/file", old), "old");
	CHECK(symlink("/etc", keepf("%s/link", old)) == 0);
	CHECK(chmod(keepf("%s/deep", old), 0) == 0);
	CHECK(scratch("local/m-2", g, &other) == 0);
	CHECK(access(old, F_OK) == 0);
	CHECK(scratch("local/m", g, &path) == 0);
	CHECK(strcmp(path, old) != 0);
	CHECK(access(old, F_OK) == -1 && access(path, F_OK) == 0);
	CHECK(access("/etc/passwd", F_OK) == 0);

	test("what another owner left is not touched");
	CHECK(access(other, F_OK) == 0);
	CHECK(scratch("local/m-2", g, &old) == 0);
	CHECK(access(other, F_OK) == -1 && access(path, F_OK) == 0);
	CHECK(rmdir(old) == 0);

	test("a link in the way is replaced, not followed");
	CHECK(symlink(keepf("%s/victim", tmp()),
	    keepf("%s/file", path)) == 0);
	CHECK(store_write(g, keepf("%s/file", path), &text, &error) == 0);
	CHECK(access(keepf("%s/victim", tmp()), F_OK) == -1);
	CHECK(publish(path, "failed", g) == 0);
	CHECK(lease_drop(g, "done", NULL, &error) == 0);

}

/* What is found by a name that was noted. */
static const char *
found(const char *owner, const char *generation, const char *name)
{
	return store_found(&(struct scratch){ store, owner, generation },
	    name);
}

static void
notes(void)
{
	struct guard	*g = take();
	const char	*path, *name;

	test("a scratch folder is found by the last part of its path");
	CHECK(scratch("local/m", g, &path) == 0);
	name = strrchr(path, '/') + 1;
	CHECK_STR(found("local/m", "g-1", name), path);

	test("not by that of other work, nor out of the store");
	CHECK(found("local/m-2", "g-1", name) == NULL);
	CHECK(found("local/m", "g-2", name) == NULL);
	CHECK(found("local/m", "g-1", "") == NULL);
	CHECK(found("local/m", "g-1", "..") == NULL);
	CHECK(found("local/m", "g-1", keepf("%s/../%s", name, name)) ==
	    NULL);
	CHECK(mkdir(keepf("%s/deep", path), 0755) == 0);
	CHECK(found("local/m", "g-1", keepf("%s/deep", name)) == NULL);

	test("nor a link or a file in its place, nor one that is gone");
	CHECK(symlink("/etc", keepf("%s.link", path)) == 0);
	CHECK(found("local/m", "g-1", keepf("%s.link", name)) == NULL);
	tmp_file(keepf("%s.file", path), "");
	CHECK(found("local/m", "g-1", keepf("%s.file", name)) == NULL);
	CHECK(scratch("local/m", g, &path) == 0);
	CHECK(found("local/m", "g-1", name) == NULL);
	CHECK(lease_drop(g, "failed", NULL, &error) == 0);
}

static void
troubles(void)
{
	struct guard	*g;
	struct strings	 names;
	const char	*path;

	test("a store that cannot be read or made is an error");
	tmp_file(keepf("%s/plain", tmp()), "");
	CHECK(store_list(keepf("%s/plain", tmp()), "models", &names,
	    &error) == -1);
	CHECK(error.verdict == BROKEN);
	g = take();
	CHECK(store_scratch(&(struct scratch){ keepf("%s/plain", tmp()),
	    "local/m", "g-1" }, g, &path, &error) == -1);
	CHECK(store_scratch(&(struct scratch){ keepf("%s/no/where", tmp()),
	    "local/m", "g-1" }, g, &path, &error) == -1);
	CHECK(lease_drop(g, "failed", NULL, &error) == 0);
}

int
main(void)
{
	store = keepf("%s/store", tmp());
	entries();
	leftovers();
	notes();
	troubles();
	tmp_end();
	return test_end();
}
