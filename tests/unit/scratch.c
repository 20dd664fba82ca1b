#include <sys/stat.h>

#include <stdbool.h>

#include "git/repo.h"
#include "git/scratch.h"
#include "scratch.h"
#include "test.h"

#define AUTHOR	"Label bot <bot@example.com>"
#define WHEN	1700000000
#define ROUNDS	60	/* of trees made up at random */

static struct error	 e;
static struct repo	*repo;
static struct guard	*guard;

/* What libgit2 1.5 loses when it reads the extensions of a repository. */
const char	*__lsan_default_suppressions(void);	/* NOLINT */

const char *
__lsan_default_suppressions(void)			/* NOLINT */
{
	return "leak:libpcre2";
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

static const char *
tip(void)
{
	return output("git -C one rev-parse main");
}

static void
make_repository(void)
{
	sh("mkdir leases; git init -q one && cd one && mkdir -p cfg/base out/x "
	    "&& echo v1 >cfg/base/a.yaml && echo v1 >cfg/base.yaml && "
	    "echo run >cfg/run.sh && chmod +x cfg/run.sh && "
	    "echo old >out/x/old && echo same >out/same && : >out/empty && "
	    "ln -s ../top cfg/link && ln -s /etc out/etc && echo top >top && "
	    "git add . && git update-index --add --cacheinfo "
	    "160000,0123456789012345678901234567890123456789,out/sub && "
	    "git commit -qm First");
	repo = repo_open(&(struct repo_terms){ .from = { .url =
	    below("one") }, .base = "main", .head = "x" }, &e);
	guard = scratch_guard();
	if (repo == NULL)
		errx(1, "%s", e.text);
}

/* The tree a proposal of these changes makes; NULL when it is refused. */
static const char *
grafted(const char *base, const struct change *change, size_t n)
{
	char	 oid[REPO_OID];

	if (repo_write(repo, guard, &(struct proposal){ .base = base,
	    .change = change, .nchanges = n, .message = "m",
	    .author = AUTHOR, .time = WHEN }, oid, &e) == -1)
		return NULL;
	return output("git -C one rev-parse %s^{tree}", oid);
}

/* The tree git makes of the same: lines for its index on top of main. */
static const char *
indexed(const char *lines)
{
	return output("cd one; rm -f .git/i; export GIT_INDEX_FILE=.git/i; "
	    "git read-tree main; %s git write-tree", lines);
}

#define REMOVE(path)	"git update-index --force-remove " path ";"
#define ADD(mode, text, path)						\
	"git update-index --add --replace --cacheinfo " mode ",$(printf " \
	"'" text "' | git hash-object -w --stdin)," path ";"

static void
grafting(void)
{
	static char	 abc[] = "abc";
	struct bytes	 b = { abc, 3 }, none = { NULL, 0 };
	struct change	 c[] = {
		{ "cfg/base-x", &b, 0100644 }, { "out/x/old", NULL, 0 },
		{ "new/deep/er/f", &none, 0100755 }, { "cfg/run.sh", &b, 0 },
		{ "top", &b, 0100755 }, { "cfg/base/b", &b, 0100644 }
	};

	test("files added, removed and changed make the tree git makes");
	CHECK_STR(grafted(tip(), c, 6), indexed(
	    ADD("100644", "abc", "cfg/base-x") REMOVE("out/x/old")
	    ADD("100755", "", "new/deep/er/f")
	    ADD("100755", "abc", "cfg/run.sh")
	    ADD("100755", "abc", "top") ADD("100644", "abc", "cfg/base/b")));
	test("a folder makes room for a file, and a file for a folder");
	CHECK_STR(grafted(tip(), (struct change[]){
	    { "out/x", &b, 0100644 }, { "out/x/old", NULL, 0 },
	    { "top/f", &b, 0100644 }, { "top", NULL, 0 } }, 4), indexed(
	    ADD("100644", "abc", "out/x") ADD("100644", "abc", "top/f")));
	test("folders with nothing left go, up to the last");
	CHECK_STR(grafted(tip(), (struct change[]){
	    { "cfg/base/a.yaml", NULL, 0 } }, 1),
	    indexed(REMOVE("cfg/base/a.yaml")));
}

static bool
refused(const struct change *c, size_t n, const char *words)
{
	return said(grafted(tip(), c, n) == NULL ? -1 : 0, BROKEN, words);
}

static void
refusing(void)
{
	static const char *const	 bad[] = {
		".git", "x/.git", "x/.GIT/y", "..", "x/../y", "./x", "x//y",
		"/x", "x/", "", ".git. ", "git~1", ".g\xe2\x80\x8cit",
		".git::$INDEX"
	};
	static char	 abc[] = "abc";
	struct bytes	 b = { abc, 3 };
	size_t		 i;

	test("names that git does not take are not added");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(refused(&(struct change){ bad[i], &b, 0100644 }, 1,
		    "git takes"));
	test("links, submodules and folders are not replaced");
	CHECK(refused(&(struct change){ "cfg/link", &b, 0100644 }, 1,
	    "cfg/link"));
	CHECK(refused(&(struct change){ "out/sub", NULL, 0 }, 1, "out/sub"));
	CHECK(refused(&(struct change){ "out/sub/x", &b, 0100644 }, 1,
	    "not a folder"));
	CHECK(refused(&(struct change){ "cfg", &b, 0100644 }, 1, "cfg"));
	CHECK(refused((struct change[]){ { "cfg", &b, 0100644 },
	    { "cfg/run.sh", NULL, 0 } }, 2, "taken for a folder"));
	CHECK(refused((struct change[]){ { "top", &b, 0 },
	    { "top/x", &b, 0100644 } }, 2, "not a folder"));
	test("what is not there cannot be removed, nor anything twice");
	CHECK(refused(&(struct change){ "none", NULL, 0 }, 1, "no such"));
	CHECK(refused(&(struct change){ "top/none", NULL, 0 }, 1, "top"));
	CHECK(refused((struct change[]){ { "n", &b, 0100644 },
	    { "n", NULL, 0 } }, 2, "twice"));
	CHECK(refused(&(struct change){ "n", &b, 0120000 }, 1, "mode"));
}

/* Names that sort otherwise as a file than as a folder. */
static const char *const	names[] = {
	"a", "a-b", "a.b", "a/b", "a/b/c", "a/b-c", "a/b0", "a0", "ab", "b",
	"b/a", "b/a/a", "b-", "b.", "z/y/x/w", "z/y-", "z", "z~"
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

/* Whether one of two is the other or a folder of it. */
static bool
clashes(const char *a, const char *b)
{
	size_t	 n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, n) == 0 && (a[n] == '/' || b[n] == '/' ||
	    a[n] == b[n]);
}

/* Some of the names, each with a content of 1 to 4; 0: it is not there. */
static void
make_up(unsigned is[NAMES], unsigned *seed)
{
	size_t	 i, j, k, from;

	memset(is, 0, NAMES * sizeof(*is));
	*seed = *seed * 1103515245 + 12345;
	from = *seed >> 16;
	for (k = 0; k < NAMES; k++) {
		i = (from + k * 7) % NAMES;
		*seed = *seed * 1103515245 + 12345;
		for (j = 0; j < NAMES; j++)
			if (is[j] != 0 && clashes(names[i], names[j]))
				break;
		if (j == NAMES)
			is[i] = (*seed >> 16) % 6 % 5;
	}
}

static const char *
tree_of(const unsigned is[NAMES])
{
	static const char	*oid[2];
	const char		*lines = "";
	size_t			 i;

	for (i = 0; i < 2 && oid[1] == NULL; i++)
		oid[i] = output("cd one; printf %zu | git hash-object -w "
		    "--stdin", i);
	for (i = 0; i < NAMES; i++)
		if (is[i] != 0)
			lines = keepf("%s%s %s\t%s\n", lines, is[i] > 2 ?
			    "100755" : "100644", oid[is[i] % 2], names[i]);
	return output("cd one; rm -f .git/i; export GIT_INDEX_FILE=.git/i; "
	    "printf '%%s' '%s' | git update-index --add --index-info; "
	    "git write-tree", lines);
}

static void
random_trees(void)
{
	static char	 text[][2] = { "0", "1" };
	struct bytes	 b[] = { { text[0], 1 }, { text[1], 1 } };
	struct change	 c[NAMES];
	unsigned	 was[NAMES], is[NAMES], seed = 1;
	const char	*base, *want;
	size_t		 i, n, round;

	test("any tree from any other, as git makes it");
	for (round = 0; round < ROUNDS; round++) {
		make_up(was, &seed);
		make_up(is, &seed);
		for (i = n = 0; i < NAMES; i++)
			if (is[i] != 0)
				c[n++] = (struct change){ names[i],
				    &b[is[i] % 2],
				    is[i] > 2 ? 0100755 : 0100644 };
			else if (was[i] != 0)
				c[n++] = (struct change){ names[i], NULL, 0 };
		base = output("cd one; git commit-tree -m x %s </dev/null",
		    tree_of(was));
		want = tree_of(is);
		if (strcmp(want, tree_of(was)) != 0)
			CHECK_STR(grafted(base, c, n), want);
		if (test_bad)
			printf("     round %zu: %s\n", round, e.text);
	}
}

static struct scratch_tree	 t;

static const char *const	 both[] = { "cfg", "out" };
static const char *const	 out[] = { "out" };

static int
open_both(void)
{
	static char	 v2[] = "v2\n";
	static struct bytes b = { v2, 3 };

	return scratch_open(&t, repo, guard, &(struct scratch_terms){
	    .commit = tip(), .paths = both, .npaths = 2,
	    .change = &(struct change){ "cfg/base/a.yaml", &b, 0 },
	    .nchanges = 1 }, &e);
}

static void
writing_out(void)
{
	const char	*root;

	test("files are written out with links, modes and new contents");
	CHECK(open_both() == 0);
	CHECK_STR(output("cd %s; find . -printf '%%p %%y %%m %%l\n' | sed "
	    "'s/ [dl] 7[57][57] / /' | sort", t.files),
	    ". \n./cfg \n./cfg/base \n"
	    "./cfg/base.yaml f 644 \n./cfg/base/a.yaml f 644 \n"
	    "./cfg/link ../top\n./cfg/run.sh f 755 \n./out \n"
	    "./out/empty f 644 \n./out/etc /etc\n./out/same f 644 \n"
	    "./out/x \n./out/x/old f 644 ");
	CHECK_STR(output("cat %s/cfg/base/a.yaml", t.files), "v2");
	CHECK_STR(output("cd %s; find . -type f -newer out/same",
	    t.files), "./cfg/base/a.yaml");
	CHECK_STR(output("stat -c %%a %s", t.root), "700");
	root = t.root;
	scratch_close(&t);
	CHECK(scratch_run(keepf("test ! -e %s", root)) == 0);
	test("an edit of what is not written out is refused");
	CHECK(said(scratch_open(&t, repo, guard, &(struct scratch_terms){
	    .commit = tip(), .paths = out, .npaths = 1,
	    .change = &(struct change){ "top", &(struct bytes){ NULL, 0 },
	    0 }, .nchanges = 1 }, &e), BROKEN, "none of those"));
	scratch_close(&t);
}

/* A commit of what git mktree makes of some lines, whatever they say. */
static const char *
odd_commit(const char *lines)
{
	return output("cd one; b=$(printf %s | git hash-object -w --stdin); "
	    "d=$(git rev-parse main:cfg); t=$(printf \"%s\" | git mktree); "
	    "git commit-tree -m x $t </dev/null", scratch, lines);
}

static void
odd_trees(void)
{
	static const char *const	 bad[] = { "..", ".", ".git", "git~1" };
	size_t				 i;

	test("no name of a commit leads out of the folder");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(said(scratch_open(&t, repo, guard,
		    &(struct scratch_terms){ .commit = odd_commit(keepf(
		    "100644 blob $b\\t%s\\n", bad[i])) }, &e), BROKEN,
		    "git takes"));
		scratch_close(&t);
	}
	test("a name that is a link and a folder is refused");
	CHECK(said(scratch_open(&t, repo, guard, &(struct scratch_terms){
	    .commit = odd_commit("120000 blob $b\\ta\\n"
	    "040000 tree $d\\ta\\n") }, &e), BROKEN, "File exists"));
	scratch_close(&t);
	CHECK(scratch_run("test ! -e run.sh") == 0);
}

/* A command in the files, and what is told to have changed. */
static const char *
after(const char *command)
{
	const struct change	*c;
	const char		*all = "";
	size_t			 i, n;

	if (open_both() == -1)
		return NULL;
	sh("cd %s; %s", t.files, command);
	if (scratch_read(&t, out, 1, &c, &n, &e) == -1) {
		scratch_close(&t);
		return NULL;
	}
	for (i = 0; i < n; i++)
		all = keepf("%s%s %o %s", all, c[i].path, c[i].mode,
		    c[i].content == NULL ? "gone\n" : c[i].content->data);
	scratch_close(&t);
	return all;
}

static void
reading_back(void)
{
	test("nothing done: the edits alone");
	CHECK_STR(after(":"), "cfg/base/a.yaml 0 v2\n");
	CHECK_STR(after("touch out/same; mkdir out/d new; echo same >out/same"),
	    "cfg/base/a.yaml 0 v2\n");
	test("changed, added, removed, executable");
	CHECK_STR(after("echo n >out/same; rm -r out/x; mkdir out/x out/y; "
	    "echo a >out/x/a; echo b >out/y/b; chmod +x out/y/b out/empty"),
	    "cfg/base/a.yaml 0 v2\nout/empty 100755 out/same 0 n\n"
	    "out/x/a 100644 a\nout/x/old 0 gone\nout/y/b 100755 b\n");
	CHECK_STR(after("rm out/same; mkdir out/same; echo f >out/same/f"),
	    "cfg/base/a.yaml 0 v2\nout/same 0 gone\nout/same/f 100644 f\n");
}

static bool
refuses(const char *command, const char *words)
{
	const char	*got = after(command);

	return said(got == NULL ? -1 : 0, BROKEN, words);
}

static void
refusing_back(void)
{
	test("what is not in the paths may not change: the first is named");
	CHECK(refuses("echo x >cfg/z; echo x >cfg/base.yaml",
	    "cfg/base.yaml was changed"));
	CHECK(refuses("echo x >cfg/base/a.yaml", "cfg/base/a.yaml was"));
	CHECK(refuses("echo x >cfg/z", "cfg/z appeared"));
	CHECK(refuses("echo x >outside", "outside appeared"));
	CHECK(refuses("echo x >out-", "out- appeared"));
	CHECK(refuses("rm cfg/run.sh", "cfg/run.sh is gone"));
	CHECK(refuses("chmod -x cfg/run.sh", "cfg/run.sh was changed"));
	CHECK(refuses("rm cfg/link", "cfg/link is gone"));
	test("only regular files");
	CHECK(refuses("ln -s same out/l", "out/l is a symbolic link"));
	CHECK(refuses("ln -sf /tmp out/same", "out/same is a symbolic link"));
	CHECK(refuses("rm out/etc", "out/etc is gone: only regular"));
	CHECK(refuses("ln -sfn /tmp out/etc", "out/etc was changed"));
	CHECK(refuses("rm out/etc; echo x >out/etc", "out/etc was changed"));
	CHECK(refuses("mkfifo out/p", "out/p is a pipe"));
	if (geteuid() == 0)
		CHECK(refuses("mknod out/c c 1 3", "out/c is a device"));
	CHECK(refuses("mkdir -p out/x/.git", "out/x/.git appeared"));
	CHECK(refuses("echo x >out/.GIT", "out/.GIT appeared"));
	CHECK(refuses("git init -q out/r", "out/r/.git appeared"));
	CHECK(refuses("rm -rf ../files; ln -s /etc ../files",
	    "no folder any more"));
	test("no more than can be read again");
	CHECK(refuses("truncate -s 65M out/big", "out/big has"));
	CHECK(refuses("for i in 1 2 3 4 5; do truncate -s 60M out/$i; done",
	    "together"));
}

static void
words(void)
{
	CHECK(open_both() == 0);
	test("the last words of a log, on one line");
	CHECK_STR(scratch_said(&t), "");
	sh("printf 'a\\tb\\033[1m\\nc\\n\\n' >%s", t.log);
	CHECK_STR(scratch_said(&t), "a b.[1m | c");
	sh("seq 1000 >%s", t.log);
	CHECK(strncmp(scratch_said(&t), "9", 1) == 0);
	CHECK(strstr(scratch_said(&t), " | 999 | 1000") != NULL);
	sh("printf '%%0500d' 7 >%s", t.log);
	CHECK(strlen(scratch_said(&t)) == 240);
	sh("ln -sf /etc/passwd %s", t.log);
	CHECK_STR(scratch_said(&t), "");
	scratch_close(&t);
}

static void
stale(void)
{
	struct scratch_tree	 other;
	const char		*left;

	test("what a killed run left goes, what a living one has stays");
	left = output("d=$(mktemp -d ${TMPDIR:-/tmp}/modelsync-tree-XXXXXX); "
	    "mkdir $d/x; touch $d/x/y; chmod 0 $d/x; echo $d");
	CHECK(open_both() == 0);
	other = t;
	CHECK(scratch_run(keepf("test ! -e %s", left)) == 0);
	CHECK(open_both() == 0);
	CHECK(scratch_run(keepf("test -e %s", other.files)) == 0);
	scratch_close(&t);
	scratch_close(&other);
	test("a folder that cannot be written to is named");
	setenv("TMPDIR", "/proc", 1);
	CHECK(said(open_both(), BROKEN, "/proc"));
	scratch_close(&t);
	setenv("TMPDIR", below("none"), 1);
	CHECK(said(open_both(), BROKEN, "none"));
	scratch_close(&t);
}

int
main(void)
{
	scratch_begin();
	make_repository();
	setenv("TMPDIR", scratch, 1);
	grafting();
	refusing();
	random_trees();
	writing_out();
	odd_trees();
	reading_back();
	refusing_back();
	words();
	stale();
	repo_close(repo);
	return test_end();
}
