#include <sys/stat.h>

#include <stdbool.h>

#include "git/repo.h"
#include "scratch.h"
#include "test.h"

#define AUTHOR	"Label bot <bot@example.com>"
#define WHEN	1700000000
#define NONE	"0123456789012345678901234567890123456789"
#define WRITERS	6	/* that race for one branch */

static struct error	 e;

/*
 * libgit2 1.5 loses some memory of pcre2 when it reads the extensions of a
 * repository.  The sanitizer asks for what to forgive under this name.
 */
const char	*__lsan_default_suppressions(void);	/* NOLINT */

const char *
__lsan_default_suppressions(void)			/* NOLINT */
{
	return "leak:libpcre2";
}

static struct bytes
text(const char *s)
{
	return (struct bytes){ keepf("%s", s), strlen(s) };
}

static struct repo *
repo_at(const char *path)
{
	struct repo	*repo;

	e = (struct error){ .text = "" };
	if ((repo = repo_open(&(struct repo_terms){ .from.url =
	    below(path) }, &e)) == NULL)
		errx(1, "%s: %s", path, e.text);
	return repo;
}

/* Whether it was refused so, in words that contain these. */
static bool
said(int rv, enum verdict verdict, const char *words)
{
	bool	 good;

	good = rv == -1 && e.verdict == verdict &&
	    strstr(e.text, words) != NULL;
	if (!good)
		printf("     %d, verdict %d: %s\n", rv, e.verdict, e.text);
	e = (struct error){ .text = "" };
	return good;
}

static bool
opens(const char *url)
{
	struct repo	*repo = repo_open(&(struct repo_terms){ .from.url =
	    url, .base = "main", .head = "auto-update" }, &e);

	repo_close(repo);
	return repo != NULL;
}

static void
make_repositories(void)
{
	sh("git init -q one && cd one && mkdir -p deploy/a deploy-b x/y/z");
	sh("cd one && echo v1 >deploy/a/f.yaml && echo v1 >deploy/Kptfile &&"
	    "echo run >x/y/z/run.sh && chmod +x x/y/z/run.sh &&"
	    "echo b >deploy-b/f && echo top >top && ln -s top link &&"
	    "echo 'a b' >'x/sp ace' && git add . &&"
	    "git update-index --add --cacheinfo 160000,%s,sub &&"
	    "git commit -qm 'First'", NONE);
	sh("git clone -q --bare one bare.git");
	sh("cp -r bare.git 'sp ace%%.git'");
	sh("git init -q empty; git init -q --bare empty.git; mkdir plain");
	sh("git init -q --object-format=sha256 long");
	sh("git -C one worktree add -q -b linked ../linked");
	sh("mkdir leases");
}

static void
opening(void)
{
	test("a repository opens by path and by URL");
	CHECK(opens(below("one")));
	CHECK(opens(below("one/")));
	CHECK(opens(below("one/.git")));
	CHECK(opens(below("bare.git")));
	CHECK(opens(below("linked")));
	CHECK(opens(below("empty")));
	CHECK(opens(keepf("file://%s", below("bare.git"))));
	CHECK(opens(keepf("file://localhost%s", below("sp%20ace%25.git"))));
	test("what is no repository is refused");
	CHECK(!opens(below("absent")));
	CHECK(said(-1, BROKEN, "git init"));
	CHECK(!opens(below("plain")));
	CHECK(said(-1, BROKEN, "git init"));
	CHECK(!opens(below("one/deploy")));
	CHECK(said(-1, BROKEN, "git init"));
	CHECK(!opens(below("one/top")));
	CHECK(said(-1, BROKEN, "one/top"));
	CHECK(!opens("git://example.org/x"));
	CHECK(said(-1, BROKEN, "expected a path"));
	CHECK(!opens("https://example.org"));
	CHECK(said(-1, BROKEN, "https://HOST/PATH"));
	test("SHA-256 ids are refused with a sentence");
	CHECK(!opens(below("long")));
	CHECK(said(-1, BROKEN, "SHA-256"));
	test("the user's configuration is not read");
	sh("echo '[[broken' >.gitconfig");
	CHECK(opens(below("one")));
	sh("rm .gitconfig");
	repo_close(NULL);
}

static void
owner(void)
{
	if (geteuid() != 0)
		return;		/* only root can give files away */
	test("another user's repository needs safe.directory");
	sh("cp -r one theirs && chown -R 12345 theirs");
	CHECK(!opens(below("theirs")));
	CHECK(said(-1, BROKEN, keepf("--add safe.directory '%s'",
	    below("theirs"))));
	sh("git config --file .gitconfig --add safe.directory /elsewhere");
	CHECK(!opens(below("theirs")));
	CHECK(said(-1, BROKEN, "safe.directory"));
	sh("git config --file .gitconfig --add safe.directory %s",
	    below("theirs"));
	CHECK(opens(below("theirs")));
	sh("rm .gitconfig");
	CHECK(!opens(below("theirs")));
	sh("rm -rf theirs");
}

static void
branches(void)
{
	static const char *const	 bad[] = {
		"", "-x", "a..b", "a b", "x.lock", "@{-1}", "a/", "/a", "HEAD",
		"a~1", "a\\b", "a//b", ".a", "a\x01"
	};
	struct repo			*repo = repo_at("one");
	char				 oid[REPO_OID] = "";
	size_t				 i;

	test("a branch is read, loose and packed");
	CHECK(repo_branch(repo, "main", oid, &e) == 0);
	CHECK_STR(oid, output("git -C one rev-parse main"));
	sh("git -C one branch deep/er/branch && git -C one pack-refs --all");
	CHECK(repo_branch(repo, "deep/er/branch", oid, &e) == 0);
	CHECK_STR(oid, output("git -C one rev-parse main"));
	test("a branch that is not there is told apart");
	CHECK(repo_branch(repo, "absent", oid, &e) == 1);
	CHECK(repo_branch(repo, "deep", oid, &e) == 1);
	CHECK(repo_branch(repo, "main/x", oid, &e) == 1);
	test("names that git refuses are refused");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(said(repo_branch(repo, bad[i], oid, &e), BROKEN,
		    "no name for a branch"));
	test("a branch to a missing commit is an error, not absence");
	sh("echo %s >one/.git/refs/heads/lost", NONE);
	CHECK(said(repo_branch(repo, "lost", oid, &e), BROKEN, "git fsck"));
	sh("git -C one rev-parse main^{tree} >one/.git/refs/heads/lost");
	CHECK(said(repo_branch(repo, "lost", oid, &e), BROKEN,
	    "expected a commit"));
	sh("rm one/.git/refs/heads/lost");
	repo_close(repo);
	repo = repo_at("empty.git");
	test("an empty repository has no branch");
	CHECK(repo_branch(repo, "main", oid, &e) == 1);
	repo_close(repo);
}

/* Paths of a tree, one a line. */
static const char *
listed(struct repo *repo, const char *const paths[], size_t n)
{
	const char	*all = "";
	char		 oid[REPO_OID];
	struct tree	 tree;
	size_t		 i;

	if (repo_branch(repo, "main", oid, &e) != 0 ||
	    repo_tree(repo, oid, paths, n, &tree, &e) == -1)
		return NULL;
	for (i = 0; i < tree.n; i++)
		all = keepf("%s%s%s", all, i == 0 ? "" : "\n",
		    tree.blob[i].path);
	return all;
}

#define LISTED(repo, ...)						\
	listed(repo, (const char *const[]){ __VA_ARGS__ },		\
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void
trees(void)
{
	struct repo	*repo = repo_at("one");
	struct tree	 tree;
	char		 oid[REPO_OID];

	test("all files, in git's order, no links and submodules");
	CHECK_STR(listed(repo, NULL, 0), output("git -C one ls-tree -r main |"
	    "sed -n 's/^100[0-9]* blob [^\t]*\t//p'"));
	CHECK_STR(LISTED(repo, "."), listed(repo, NULL, 0));
	CHECK_STR(LISTED(repo, "top", "./"), listed(repo, NULL, 0));
	test("files at or below paths, each once");
	CHECK_STR(LISTED(repo, "deploy"), "deploy/Kptfile\ndeploy/a/f.yaml");
	CHECK_STR(LISTED(repo, "./deploy//a/."), "deploy/a/f.yaml");
	CHECK_STR(LISTED(repo, "x/y/z/run.sh"), "x/y/z/run.sh");
	CHECK_STR(LISTED(repo, "top", "deploy/a", "deploy/", "deploy"),
	    "deploy/Kptfile\ndeploy/a/f.yaml\ntop");
	CHECK_STR(LISTED(repo, "x/sp ace", "deploy-b"),
	    "deploy-b/f\nx/sp ace");
	test("a path that matches nothing adds nothing");
	CHECK_STR(LISTED(repo, "dep", "top/below", "link", "sub", "absent"),
	    "");
	CHECK_STR(LISTED(repo, "to", "top/"), "top");
	test("paths out of the repository are refused");
	CHECK(LISTED(repo, "/top") == NULL && said(-1, BROKEN, "\"/top\""));
	CHECK(LISTED(repo, "x/../top") == NULL && said(-1, BROKEN, ".."));
	CHECK(LISTED(repo, "..") == NULL && said(-1, BROKEN, ".."));
	test("ids are those of git");
	strlcpy(oid, output("git -C one rev-parse main"), sizeof(oid));
	CHECK(repo_tree(repo, oid, NULL, 0, &tree, &e) == 0 && tree.n > 1);
	CHECK_STR(tree.blob[1].oid, output("git -C one rev-parse main:%s",
	    tree.blob[1].path));
	test("no commit, no tree");
	CHECK(said(repo_tree(repo, NONE, NULL, 0, &tree, &e), BROKEN,
	    NONE));
	CHECK(said(repo_tree(repo, "main", NULL, 0, &tree, &e), BROKEN,
	    "\"main\""));
	CHECK(said(repo_tree(repo, keepf("%.39sg", oid), NULL, 0, &tree, &e),
	    BROKEN, "40 hex"));
	repo_close(repo);
}

/* A commit of a tree made of raw bytes, as printf(1) escapes them. */
static const char *
commit_of_tree(const char *bytes)
{
	return output("cd one; t=$(printf '%s' | git hash-object -w -t tree "
	    "--literally --stdin); git commit-tree -m x $t </dev/null", bytes);
}

static void
damage(void)
{
	static const char *const	 bad[] = {
		"100644 a", "100644 a\\000short", "a\\00001234567890123456789",
		"100644 \\00001234567890123456789", "100644",
		"1006440 a\\00001234567890123456789",
		"100694 a\\00001234567890123456789",
		"100644 a/b\\00001234567890123456789"
	};
	struct repo			*repo = repo_at("one");
	struct tree			 tree;
	size_t				 i;

	test("a tree that is none is an error");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(said(repo_tree(repo, commit_of_tree(bad[i]), NULL, 0,
		    &tree, &e), BROKEN, "is damaged"));
	test("a commit that is none is an error");
	CHECK(said(repo_tree(repo, output("cd one; echo no commit | git "
	    "hash-object -w -t commit --literally --stdin"), NULL, 0, &tree,
	    &e), BROKEN, "is damaged"));
	test("a missing folder is an error");
	CHECK(said(repo_tree(repo, commit_of_tree(
	    "40000 a\\00001234567890123456789"), NULL, 0, &tree, &e), BROKEN,
	    "git fsck"));
	test("folders without end are refused");
	CHECK(said(repo_tree(repo, output("cd one; t=$(git mktree "
	    "</dev/null); n=$(printf '%%0250d' 0); for i in $(seq 18); do "
	    "t=$(printf '040000 tree %%s\\t%%s\\n' $t $n | git mktree); done; "
	    "git commit-tree -m x $t"), NULL, 0, &tree, &e), BROKEN,
	    "a path of more than"));
	repo_close(repo);
}

static void
objects(void)
{
	struct repo	*repo = repo_at("one");
	struct bytes	 b;
	struct commit	 c;
	const char	*main = output("git -C one rev-parse main"), *merge;

	test("a blob's bytes");
	CHECK(repo_blob(repo, output("cd one; printf 'a\\000b' | git "
	    "hash-object -w --stdin"), &b, &e) == 0);
	CHECK(b.len == 3 && memcmp(b.data, "a\0b", 4) == 0);
	bytes_free(&b);
	CHECK(repo_blob(repo, output("cd one; git hash-object -w --stdin "
	    "</dev/null"), &b, &e) == 0 && b.len == 0 && b.data != NULL);
	bytes_free(&b);
	test("what is no blob is refused");
	CHECK(said(repo_blob(repo, NONE, &b, &e), BROKEN, NONE));
	CHECK(said(repo_blob(repo, main, &b, &e), BROKEN, "is a commit"));
	CHECK(said(repo_blob(repo, "", &b, &e), BROKEN, "no object id"));
	CHECK(b.data == NULL && b.len == 0);
	test("a blob beyond the ceiling is not read");
	CHECK(said(repo_blob(repo, output("cd one; truncate -s 65M big; git "
	    "hash-object -w big; rm big"), &b, &e), BROKEN, "at most"));
	test("a commit's parts");
	CHECK(repo_commit(repo, main, &c, &e) == 0);
	CHECK_STR(c.oid, main);
	CHECK_STR(c.parent, "");
	CHECK_STR(c.second, "");
	CHECK(c.nparents == 0 && c.time == 1600000100);
	CHECK_STR(c.author, "Ann Author <ann@example.org>");
	CHECK_STR(c.committer, "Carl Committer <carl@example.org>");
	CHECK_STR(c.message, "First\n");
	merge = output("cd one; a=$(git commit-tree -p main -m a main:); "
	    "git commit-tree -p $a -p main -m m main:");
	CHECK(repo_commit(repo, merge, &c, &e) == 0 && c.nparents == 2);
	CHECK_STR(c.parent, output("git -C one rev-parse %s^1", merge));
	CHECK_STR(c.second, main);
	CHECK(said(repo_commit(repo, NONE, &c, &e), BROKEN, "missing"));
	repo_close(repo);
}

static void
ancestors(void)
{
	struct repo	*repo = repo_at("one");
	const char	*main = output("git -C one rev-parse main"), *a, *b;
	char		 oid[REPO_OID];

	a = output("git -C one commit-tree -p main -m a main:");
	b = output("git -C one commit-tree -p main -m b main:");
	test("the best common ancestor");
	CHECK(repo_merge_base(repo, a, b, oid, &e) == 0);
	CHECK_STR(oid, main);
	CHECK(repo_merge_base(repo, a, main, oid, &e) == 0);
	CHECK_STR(oid, main);
	b = output("git -C one commit-tree -m b main:");
	CHECK(repo_merge_base(repo, a, b, oid, &e) == 1);
	CHECK(said(repo_merge_base(repo, a, "x", oid, &e), BROKEN, "\"x\""));
	repo_close(repo);
	test("in a shallow clone nothing is taken for absent");
	sh("cd one; git branch a %s; git branch b $(git commit-tree -p main "
	    "-m b main:)", a);
	sh("git init -q --bare shallow.git; git -C shallow.git fetch -q "
	    "--depth 1 file://%s a:a b:b; git -C one branch -q -D a b",
	    below("one"));
	b = output("git -C shallow.git rev-parse b");
	repo = repo_at("shallow.git");
	CHECK(said(repo_merge_base(repo, a, b, oid, &e), BROKEN,
	    "--unshallow"));
	repo_close(repo);
}

static const char *
written(struct repo *repo, const struct proposal *p)
{
	static char	 oid[REPO_OID];

	return repo_write(repo, scratch_guard(), p, oid, &e) == 0 ?
	    keepf("%s", oid) : NULL;
}

static void
writing(void)
{
	struct repo	*repo = repo_at("bare.git");
	struct bytes	 one = text("v2\n"), two = text("#!/bin/sh\n"),
			 none = { NULL, 0 };
	struct change	 change[] = {
		{ "x/y/z/run.sh", &two, 0 }, { "deploy/a/f.yaml", &one, 0 },
		{ "deploy/Kptfile", &one, 0 }, { "top", &none, 0 }
	};
	struct proposal	 p = {
		.base = output("git -C bare.git rev-parse main"),
		.change = change, .nchanges = 4,
		.message = "\n Subject \n\nBody\n\n\nModel: v2",
		.author = AUTHOR, .time = WHEN
	};
	const char	*id;
	char		 oid[REPO_OID];

	test("a commit changes the files and nothing else");
	id = written(repo, &p);
	CHECK_STR(output("cd bare.git; git diff-tree -r --no-commit-id "
	    "--format= main %s | cut -d' ' -f1,2,5", id),
	    ":100644 100644 M\tdeploy/Kptfile\n"
	    ":100644 100644 M\tdeploy/a/f.yaml\n"
	    ":100644 100644 M\ttop\n"
	    ":100755 100755 M\tx/y/z/run.sh");
	CHECK_STR(output("git -C bare.git show %s:deploy/a/f.yaml", id),
	    "v2");
	CHECK_STR(output("git -C bare.git cat-file -s %s:top", id), "0");
	test("what it wrote is sound");
	CHECK(scratch_run(keepf("cd bare.git; git fsck --strict "
	    "--no-dangling %s 2>&1", id)) == 0);
	test("the commit is the same everywhere and every time");
	CHECK_STR(id, written(repo, &p));
	CHECK_STR(output("git -C bare.git rev-parse %s^{tree}", id),
	    output("cd bare.git; export GIT_INDEX_FILE=i; git read-tree main;"
	    "add() { git update-index --cacheinfo $1,$(git hash-object -w "
	    "--stdin),$2; }; echo v2 | add 100644 deploy/Kptfile; echo v2 | "
	    "add 100644 deploy/a/f.yaml; add 100644 top </dev/null; "
	    "echo '#!/bin/sh' | add 100755 x/y/z/run.sh; git write-tree"));
	CHECK_STR(output("git -C bare.git cat-file commit %s", id),
	    keepf("tree %s\nparent %s\nauthor %s 1700000000 +0000\n"
	    "committer %s 1700000000 +0000\n\n%s",
	    output("git -C bare.git rev-parse %s^{tree}", id), p.base, AUTHOR,
	    AUTHOR, p.message));
	test("behind another commit: base is merged in, same files");
	p.after = output("cd bare.git; git commit-tree -p main -m a main:x");
	CHECK_STR(output("git -C bare.git rev-parse %s^{tree}",
	    written(repo, &p)), output("git -C bare.git rev-parse %s^{tree}",
	    id));
	CHECK_STR(output("git -C bare.git log -1 --format=%%P %s",
	    written(repo, &p)), keepf("%s %s", p.after, p.base));
	p.after = NONE;
	CHECK(said(repo_write(repo, scratch_guard(), &p, oid, &e), BROKEN,
	    NONE));
	test("nothing points at it");
	CHECK_STR(output("git -C bare.git for-each-ref --contains %s", id),
	    "");
	repo_close(repo);
}

/* The names of ours, as the terms have them. */
static const char *
heads(const char *head, bool more)
{
	struct repo		*repo;
	struct repo_head	*list;
	const char		*names = "";
	size_t			 i, n;

	if ((repo = repo_open(&(struct repo_terms){ .from.url =
	    below("heads.git"), .head = head, .more = more }, &e)) == NULL ||
	    repo_heads(repo, &list, &n, &e) == -1)
		return e.text;
	for (i = 0; i < n; i++) {
		names = keepf("%s%s ", names, list[i].name);
		CHECK_STR(list[i].oid, output("git -C heads.git rev-parse %s",
		    list[i].name));
	}
	repo_close(repo);
	return names;
}

static void
our_branches(void)
{
	test("the branches that are ours, as far as they are there");
	sh("git clone -q --bare one heads.git; cd heads.git; "
	    "for b in a a-1 a-x/2 ab ab-1 b; do git branch $b main; done");
	CHECK_STR(heads("a", false), "a ");
	CHECK_STR(heads("a", true), "a a-1 a-x/2 ");
	CHECK_STR(heads("ab", true), "ab ab-1 ");
	CHECK_STR(heads("c", true), "");
	sh("cd heads.git; git pack-refs --all; git branch -q -D a");
	CHECK_STR(heads("a", true), "a-1 a-x/2 ");
	test("one that points at nothing is an error, not absent");
	sh("cd heads.git; echo %s >refs/heads/a-1", NONE);
	CHECK(strstr(heads("a", true), "a-1") != NULL && e.verdict == BROKEN);
	e = (struct error){ .text = "" };
}

static void
refusing_to_write(void)
{
	static const char *const	 bad[] = {
		"absent", "deploy/absent", "deploy", "deploy/a", "top/x",
		"link", "sub", "sub/x", "/top", "top/", "deploy//Kptfile",
		"./top", "", "../top"
	};
	static const char *const	 nobody[] = {
		"", "Bot", "<a@b>", " <a@b>", "Bot <>", "Bot <a@b", "Bot a@b>",
		"Bot <a@b> ", " Bot <a@b>", "Bot  <a@b>", "Bot. <a@b>",
		"B\not <a@b>", "Bo<t <a@b>", "Bot <a b>", "Bot <a@b>>",
		"Bot <a@b\n>", "Bot <<a@b>", "Bot <.a@b.>"
	};
	struct repo			*repo = repo_at("bare.git");
	struct bytes			 b = text("new\n"), top = text("top\n");
	struct change			 c[2] = { { "top", &b, 0 },
					    { "", &b, 0 } };
	struct proposal			 p = { .change = c, .nchanges = 1,
			    .message = "m", .author = AUTHOR, .time = WHEN };
	struct guard			*guard = scratch_guard();
	char				 oid[REPO_OID];
	size_t				 i;

	p.base = output("git -C bare.git rev-parse main");
	test("only files that are there can be changed");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c[0].path = bad[i];
		CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN,
		    bad[i]));
	}
	test("a file is named once");
	p.nchanges = 2;
	c[0].path = c[1].path = "top";
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "twice"));
	c[1].path = "top/x";
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "top"));
	test("a proposal that changes nothing is refused");
	p.nchanges = 0;
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "nothing"));
	p.nchanges = 1;
	c[0] = (struct change){ "top", &top, 0 };
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "nothing"));
	c[0] = (struct change){ "top", &b, 0 };
	test("an author git would write otherwise is refused");
	for (i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
		p.author = nobody[i];
		CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN,
		    "expected \"Name <mail>\""));
	}
	p.author = AUTHOR;
	test("no commit from before 1970, and none on nothing");
	p.time = -1;
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "1970"));
	p.time = WHEN;
	p.base = NONE;
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, NONE));
	p.base = output("git -C bare.git rev-parse main");
	test("writing needs an unspent guard and leaves it so");
	CHECK(repo_write(repo, guard, &p, oid, &e) == 0);
	CHECK(guard_spend(guard, &e) == 0);
	CHECK(said(repo_write(repo, guard, &p, oid, &e), BROKEN, "second"));
	repo_close(repo);
}

static int
push(struct repo *repo, const char *branch, const char *was, const char *to)
{
	return repo_push(repo, scratch_guard(),
	    &(struct push){ branch, was, to }, &e);
}

static void
pushing(void)
{
	struct repo	*repo = repo_at("bare.git");
	struct guard	*guard = scratch_guard();
	struct push	 again = { .branch = "auto/again" };
	const char	*main = output("git -C bare.git rev-parse main"),
			*a, *b;

	a = output("git -C bare.git commit-tree -p main -m a main:");
	b = output("git -C bare.git commit-tree -p main -m b main:");
	test("a branch is made and moved");
	CHECK(push(repo, "auto/x", NULL, a) == 0);
	CHECK_STR(output("git -C bare.git rev-parse auto/x"), a);
	CHECK(push(repo, "auto/x", a, b) == 0);
	CHECK_STR(output("git -C bare.git rev-parse auto/x"), b);
	sh("git -C bare.git pack-refs --all --prune");
	CHECK(push(repo, "auto/x", b, a) == 0);
	CHECK_STR(output("git -C bare.git rev-parse auto/x"), a);
	test("a branch that moved meanwhile is left alone");
	CHECK(said(push(repo, "auto/x", b, main), RETRY, "no longer"));
	CHECK(said(push(repo, "auto/x", NULL, main), RETRY,
	    "no longer absent"));
	CHECK(said(push(repo, "gone", a, main), RETRY, "no longer"));
	CHECK_STR(output("git -C bare.git rev-parse auto/x"), a);
	CHECK(scratch_run("git -C bare.git rev-parse -q --verify gone "
	    ">/dev/null") != 0);
	test("a guard moves one branch once");
	again.to = a;
	CHECK(repo_push(repo, guard, &again, &e) == 0);
	again = (struct push){ "auto/again", a, b };
	CHECK(said(repo_push(repo, guard, &again, &e), BROKEN, "second"));
	CHECK_STR(output("git -C bare.git rev-parse auto/again"), a);
	test("only commits that are here can be pushed");
	CHECK(said(push(repo, "n", NULL, NONE), BROKEN, "missing"));
	CHECK(said(push(repo, "n", NULL, output("git -C bare.git rev-parse "
	    "main:")), BROKEN, "is a tree"));
	CHECK(said(push(repo, "n", "", a), BROKEN, "no object id"));
	CHECK(said(push(repo, "n", NULL, "zz"), BROKEN, "no object id"));
	CHECK(said(push(repo, "-n", NULL, a), BROKEN, "no name"));
	repo_close(repo);
}

static void
unmovable(void)
{
	struct repo	*repo = repo_at("bare.git");
	struct guard	*guard = scratch_guard();
	const char	*a = output("git -C bare.git rev-parse auto/x");
	struct push	 p = { "locked", NULL, NULL };

	p.to = a;
	test("a lock is named and left");
	sh("touch bare.git/refs/heads/locked.lock");
	CHECK(said(repo_push(repo, scratch_guard(), &p, &e), RETRY,
	    keepf("%s: another", below("bare.git/refs/heads/locked.lock"))));
	CHECK(scratch_run("test -f bare.git/refs/heads/locked.lock") == 0);
	test("an alias is refused, and the guard stays unspent");
	sh("git -C bare.git symbolic-ref refs/heads/alias refs/heads/main");
	p.branch = "alias";
	CHECK(said(repo_push(repo, guard, &p, &e), BROKEN, "alias of"));
	sh("git -C bare.git symbolic-ref refs/heads/alias refs/heads/none");
	CHECK(said(repo_push(repo, guard, &p, &e), BROKEN, "alias of"));
	CHECK(guard_check(guard, &e) == 0);
	test("a branch and a folder of branches cannot be both");
	CHECK(said(push(repo, "main/x", NULL, a), BROKEN,
	    "beside refs/heads/main"));
	CHECK(said(push(repo, "main/x/y", NULL, a), BROKEN,
	    "beside refs/heads/main"));
	CHECK(said(push(repo, "auto", NULL, a), BROKEN, "refs/heads/auto"));
	sh("git -C bare.git pack-refs --all --prune");
	CHECK(said(push(repo, "main/x", NULL, a), BROKEN, "beside"));
	CHECK(said(push(repo, "auto", NULL, a), BROKEN, "refs/heads/auto"));
	CHECK(scratch_run("git -C bare.git show-ref -q --verify "
	    "refs/heads/auto/x") == 0);
	repo_close(repo);
}

static void
checked_out(void)
{
	struct repo	*repo = repo_at("one");
	const char	*main = output("git -C one rev-parse main"), *a;

	a = output("git -C one commit-tree -p main -m a main:");
	test("a branch that is checked out is not moved");
	CHECK(said(push(repo, "main", main, a), BROKEN, "is checked out"));
	CHECK(said(push(repo, "linked", main, a), BROKEN, "worktree"));
	CHECK_STR(output("git -C one rev-parse main linked"),
	    keepf("%s\n%s", main, main));
	CHECK(push(repo, "free", NULL, a) == 0);
	test("through a linked worktree neither");
	repo_close(repo);
	repo = repo_at("linked");
	CHECK(said(push(repo, "main", main, a), BROKEN, "is checked out"));
	CHECK(said(push(repo, "linked", main, a), BROKEN, "worktree"));
	CHECK(push(repo, "free", a, main) == 0);
	CHECK_STR(output("git -C one rev-parse free"), main);
	test("a worktree whose folder is away still holds its branch");
	sh("mv linked away");
	CHECK(said(push(repo, "linked", main, a), BROKEN, "worktree"));
	sh("mv away linked");
	test("a detached HEAD holds no branch");
	sh("git -C one checkout -q --detach");
	CHECK(push(repo, "main", main, a) == 0);
	sh("git -C one update-ref refs/heads/main %s; git -C one checkout -q "
	    "main", main);
	repo_close(repo);
	test("an unborn branch of a checkout is not born behind its back");
	sh("git -C empty fetch -q ../one main");
	repo = repo_at("empty");
	CHECK(said(push(repo, "main", NULL, main), BROKEN,
	    "is checked out"));
	CHECK(push(repo, "other", NULL, main) == 0);
	repo_close(repo);
	test("in a bare repository HEAD holds nothing");
	repo = repo_at("bare.git");
	CHECK(push(repo, "main", main, main) == 0);
	repo_close(repo);
}

static void
quiet(void)
{
	struct repo	*repo;
	const char	*a;

	test("no hook runs, and the reflog names the committer");
	sh("git clone -q --bare one hooks.git");
	sh("cd hooks.git; git config core.logAllRefUpdates always; for h in "
	    "reference-transaction update pre-receive post-update post-commit "
	    "pre-commit; do printf '#!/bin/sh\\ntouch %s\\nexit 1\\n' >"
	    "hooks/$h; chmod +x hooks/$h; done", below("hook-ran"));
	a = output("git -C hooks.git commit-tree -p main -m a main:");
	repo = repo_at("hooks.git");
	CHECK(push(repo, "x", NULL, a) == 0);
	CHECK(scratch_run("test -e hook-ran") != 0);
	CHECK_STR(output("cut -d' ' -f3-5 hooks.git/logs/refs/heads/x"),
	    "Carl Committer <carl@example.org>");
	repo_close(repo);
}

static void
borrowed(void)
{
	struct repo	*repo;
	struct bytes	 b = text("new\n");
	struct change	 c = { "top", &b, 0 };
	struct proposal	 p = { .change = &c, .nchanges = 1,
			    .message = "m", .author = AUTHOR, .time = WHEN };
	const char	*id;

	test("objects of an alternate are read, none is written there");
	sh("git clone -q --bare --shared one shared.git");
	p.base = output("git -C shared.git rev-parse main");
	repo = repo_at("shared.git");
	CHECK((id = written(repo, &p)) != NULL);
	CHECK(push(repo, "x", NULL, id) == 0);
	CHECK_STR(output("git -C shared.git show x:top"), "new");
	CHECK(scratch_run(keepf("git -C one cat-file -e %s 2>/dev/null",
	    id)) != 0);
	repo_close(repo);
}

/* One of those who race; says by its exit status how it went. */
static void
race_one(const char *was, const char *to)
{
	struct repo	*repo = repo_at("race.git");

	_exit(push(repo, "x", was, to) == 0 ? 0 :
	    e.verdict == RETRY ? 10 : 20);
}

static void
race(int round, const char *was)
{
	const char	*to[WRITERS];
	int		 i, status, won = 0, lost = 0;

	for (i = 0; i < WRITERS; i++)
		to[i] = output("git -C race.git commit-tree -p main -m %d-%d "
		    "main:", round, i);
	fflush(stdout);
	for (i = 0; i < WRITERS; i++)
		if (fork() == 0)
			race_one(was, to[i]);
	while (wait(&status) != -1) {
		won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		lost += WIFEXITED(status) && WEXITSTATUS(status) == 10;
	}
	CHECK(won == 1 && lost == WRITERS - 1);
}

static void
races(void)
{
	int	 i;

	sh("git clone -q --bare one race.git");
	test("of many who move a branch at once one succeeds");
	for (i = 0; i < 5; i++)
		race(i, i == 0 ? NULL :
		    output("git -C race.git rev-parse x"));
}

/* What git itself prints for a change of a file, less the index line. */
static const char *
git_diff(const char *path, const char *was, const char *is)
{
	sh("rm -rf d; git init -q d; cd d; mkdir -p \"$(dirname '%s')\";"
	    "printf '%s' >'%s'; git add .; git commit -qm x; printf '%s' >'%s'",
	    path, was, path, is, path);
	return output("git -C d diff --text | sed '/^index /d'");
}

static void
same_diff(const char *path, const char *was, const char *is)
{
	struct bytes	 a, b;
	const char	*diff = NULL, *want = git_diff(path, was, is);

	a = text(output("printf '%s.'", was));
	b = text(output("printf '%s.'", is));
	a.len--;
	b.len--;
	a.data[a.len] = b.data[b.len] = '\0';
	CHECK(repo_diff(path, &a, &b, &diff, &e) == 0);
	CHECK_STR(diff, *want == '\0' ? "" : keepf("%s\n", want));
}

/* A dozen lines with a value in the middle, and an end. */
#define LINES(value, end)						\
	"a:\\n  b: 1\\n  c: 2\\n  d: 3\\n  e: 4\\n  f: 5\\n  g: " value	\
	"\\n  h: 7\\n  i: 8\\n  j: 9\\n  k: 10\\n  l: 11\\n" end

static void
diffs(void)
{
	struct bytes	 nul = { NULL, 2 }, empty = { NULL, 0 };
	const char	*diff;

	test("a diff is what git prints");
	same_diff("f", LINES("x", ""), LINES("y", ""));
	same_diff("d/e/f.yaml", LINES("x", "z\\n"),
	    LINES("x", "y\\n"));
	same_diff("f", "a\\nb\\n", "b\\n");
	same_diff("f", "if (a) {\\n  x\\n}\\n\\nif (b) {\\n  y\\n}\\n",
	    "if (a) {\\n  x\\n}\\n\\nif (c) {\\n  z\\n}\\n\\nif (b) {\\n"
	    "  y\\n}\\n");
	test("without a last newline");
	same_diff("f", "a\\nb", "a\\nc");
	same_diff("f", "a\\nb\\n", "a\\nb");
	same_diff("f", "a\\nb", "a\\nb\\n");
	test("from and to nothing");
	same_diff("f", "", "a\\n");
	same_diff("f", "a\\n", "");
	same_diff("f", "a\\n", "a\\n");
	test("odd bytes and odd names");
	same_diff("f", "a\\r\\nb\\r\\n", "a\\r\\nc\\r\\n");
	same_diff("f", "a\\001\\377\\n", "b\\001\\376\\n");
	same_diff("sp ace", "a\\n", "b\\n");
	same_diff("q\"uote", "a\\n", "b\\n");
	same_diff("\xc3\xa9t\xc3\xa9", "a\\n", "b\\n");
	test("a NUL byte is no text");
	nul.data = keepf("aa");
	nul.data[1] = '\0';
	CHECK(said(repo_diff("f", &nul, &empty, &diff, &e), BROKEN, "NUL"));
}

int
main(void)
{
	scratch_begin();
	make_repositories();
	opening();
	owner();
	branches();
	our_branches();
	trees();
	damage();
	objects();
	ancestors();
	writing();
	refusing_to_write();
	pushing();
	unmovable();
	checked_out();
	quiet();
	borrowed();
	races();
	diffs();
	return test_end();
}
