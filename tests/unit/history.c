#include <stdbool.h>

#include "edit/edit.h"
#include "git/history.h"
#include "git/repo.h"
#include "git/stranger.h"
#include "scratch.h"
#include "test.h"

#define FILE_PATH	"deploy/a/f.yaml"
#define BOT		"Label bot <bot@example.com>"
#define START		1600000000

static struct error	 e;

static const char *const	 fields[] = { "model" };
static const struct marks	 marks = { .fields = fields, .nfields = 1 };
static const struct place	 field = { .kind = PLACE_FIELD,
				    .field = "model" };
static const struct marked	 file = { FILE_PATH, &marks };

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
oid(const char *dir, const char *name)
{
	return output("git -C %s rev-parse '%s'", dir, name);
}

/*
 * A repository, and a script of functions for its commits, each an hour
 * later than the one before: name MODEL, other FILE, bot MODEL.
 */
static void
begin(const char *dir)
{
	sh("rm -rf %s; git init -q %s; mkdir -p %s/deploy/a; cat >funcs "
	    "<<'E'\n"
	    "clock() { n=$(cat ../clock); n=$((n + 3600)); echo $n >../clock;"
	    " export GIT_AUTHOR_DATE=\"$n +0000\" "
	    "GIT_COMMITTER_DATE=\"$n +0000\"; }\n"
	    "commit() { clock; git add -A; git commit -q --allow-empty "
	    "-m \"$1\"; }\n"
	    "name() { printf '# a model\\nmodel: %%s\\nend: 1\\n' $1 "
	    ">deploy/a/f.yaml; commit \"name $1\"; }\n"
	    "other() { mkdir -p $(dirname $1); cat ../clock >>$1; commit "
	    "\"other $1\"; }\n"
	    "as_bot() { GIT_AUTHOR_NAME='Label bot' "
	    "GIT_COMMITTER_NAME='Label bot' GIT_AUTHOR_EMAIL=bot@example.com "
	    "GIT_COMMITTER_EMAIL=bot@example.com \"$@\"; }\n"
	    "bot() { printf '# a model\\nmodel: %%s\\nend: 1\\n' $1 "
	    ">deploy/a/f.yaml; as_bot commit \"Deploy $1\n\nModel: $1\n"
	    "Generation: $1\"; }\n"
	    "E\necho %d >clock", dir, dir, dir, START);
}

static void
script(const char *dir, const char *text)
{
	sh("cd %s; . ../funcs; %s", dir, text);
}

/* "value@subject", newest first; "?" behind what stood before the walk. */
static const char *
story_of(const char *dir, const struct marked *f, time_t since)
{
	struct history_query	 q = { .commit = oid(dir, "HEAD"), .file = *f,
				    .place = &field, .since = since };
	struct repo		*repo = repo_at(dir);
	struct history		 h;
	struct standing		*s;
	const char		*all = "";

	if (history_values(repo, &q, &h, &e) == -1) {
		repo_close(repo);
		return NULL;
	}
	repo_close(repo);
	for (s = h.standing; s < h.standing + h.n; s++) {
		all = keepf("%s%s%s@%s%s", all, *all == '\0' ? "" : ", ",
		    s->value == NULL ? "-" : s->value,
		    output("git -C %s show -s --format=%%s %s", dir, s->oid),
		    s->begun ? "" : "?");
		CHECK(s->position == (size_t)strtol(output("git -C %s "
		    "rev-list --first-parent --count %s..HEAD", dir, s->oid),
		    NULL, 10));
		CHECK(s->time == strtol(output("git -C %s show -s "
		    "--format=%%ct %s", dir, s->oid), NULL, 10));
		CHECK_STR(s->author, output("git -C %s show -s "
		    "--format='%%an <%%ae>' %s", dir, s->oid));
	}
	return all;
}

static const char *
story(const char *dir)
{
	return story_of(dir, &file, 0);
}

static void
values(void)
{
	test("values and who set them, newest first");
	begin("v");
	script("v", "other x; name one; other x; other deploy/a/g; name two;"
	    "other deploy/h; name one; other x");
	CHECK_STR(story("v"), "one@name one, two@name two, one@name one, "
	    "-@other x");
	test("an edit that leaves the value is none");
	script("v", "echo '# note' >>deploy/a/f.yaml; commit note;"
	    "sed -i 's/one/\"one\"/' deploy/a/f.yaml; commit quoted");
	CHECK_STR(story("v"), "one@name one, two@name two, one@name one, "
	    "-@other x");
	test("a revert and a removal are values too");
	script("v", "name three; clock; git revert --no-edit HEAD >/dev/null;"
	    "git rm -q deploy/a/f.yaml; commit gone; name four");
	CHECK_STR(story("v"), "four@name four, -@gone, "
	    "one@Revert \"name three\", three@name three, one@name one, "
	    "two@name two, one@name one, -@other x");
	test("a file that cannot be read named nothing");
	script("v", "printf '\\tmodel: [' >deploy/a/f.yaml; commit broken;"
	    "echo 'x: 1' >deploy/a/f.yaml; commit without; name five");
	CHECK(strncmp(story("v"), "five@name five, -@broken, four@", 31) ==
	    0);
	test("a file in the place of the folder, and a link for the file");
	script("v", "rm -r deploy/a; echo x >deploy/a; commit flat;"
	    "rm deploy/a; mkdir deploy/a; ln -s x deploy/a/f.yaml;"
	    "commit link; rm deploy/a/f.yaml; name six");
	CHECK(strncmp(story("v"), "six@name six, -@flat, five@name five, ",
	    38) == 0);
}

static void
moves(void)
{
	const char	*const two[] = { "model", "end" };
	struct marks	 both = { .fields = two, .nfields = 2 };
	struct marked	 f = { FILE_PATH, &both };

	test("a file that is moved takes its values with it");
	begin("mv");
	script("mv", "name zero; git mv deploy was; commit away;"
	    "printf 'model: one\n' >was/a/f.yaml; commit one; other x;"
	    "mkdir deploy; git mv was/a deploy/a; commit back; name two");
	CHECK_STR(story("mv"), "two@name two, one@one, zero@name zero");
	test("also when it was edited in the same commit");
	script("mv", "git mv deploy/a/f.yaml old.yaml; commit away;"
	    "printf 'x: 1\n' >z.yaml; commit z; mkdir -p deploy/a;"
	    "git rm -q z.yaml; git mv old.yaml deploy/a/f.yaml;"
	    "printf 'end: 1\nmodel: three\n' >deploy/a/f.yaml;"
	    "commit three");
	CHECK_STR(story("mv"), "three@three, two@name two, one@one, "
	    "zero@name zero");
	test("and when whole folders are");
	script("mv", "mkdir b; for i in $(seq 100); do cp deploy/a/f.yaml "
	    "b/$i; echo \"n: $i\" >>b/$i; done; commit many; mkdir c;"
	    "git mv deploy b c; commit away; git mv c/deploy deploy;"
	    "git mv c/b c/a; name four");
	CHECK_STR(story("mv"), "four@name four, three@three, two@name two, "
	    "one@one, zero@name zero");
	test("one that came while another went is another");
	begin("n");
	script("n", "echo 'model: [1]' >f.yaml; commit x; git rm -q f.yaml;"
	    "name one");
	CHECK_STR(story("n"), "one@name one, -@x");
	test("a field that came later hides nothing of the first");
	script("n", "sed -i /end/d deploy/a/f.yaml; commit short; name two");
	CHECK_STR(story_of("n", &f, 0), "two@name two, one@name one, -@x");
}

/* The second file in which the place may be: "m" is marked there too. */
static const char *
followed(struct history_query *q, struct history *h)
{
	struct repo	*repo = repo_at("l");
	const char	*all = "";
	size_t		 i;
	int		 rv;

	q->commit = oid("l", "HEAD");
	rv = history_values(repo, q, h, &e);
	while (rv == 0 && h->lost[0] != '\0') {
		all = keepf("%slost@%s, ", all, output("git -C l show -s "
		    "--format=%%s %s", h->lost));
		if (scratch_run(keepf("git -C l cat-file -e %s:second.yaml 2>q",
		    h->lost)) == 0)
			q->file.path = "second.yaml";
		rv = history_go_on(repo, q, h, &e);
	}
	repo_close(repo);
	for (i = 0; i < h->n; i++)
		all = keepf("%s%s@%s ", all, h->standing[i].value == NULL ?
		    "-" : h->standing[i].value, output("git -C l show -s "
		    "--format=%%s %s", h->standing[i].oid));
	return rv == -1 ? e.text : all;
}

static void
lost(void)
{
	const struct marks	 setter = { .setter = "m" };
	const struct place	 comment = { .kind = PLACE_COMMENT };
	struct history_query	 q = { .file = { "f.yaml", &setter },
				    .place = &comment };
	struct history		 h;

	begin("l");
	sh("echo \"w() { printf 'a: %%s # kpt-set: \\${m}\\n' \\$2 >\\$1; "
	    "commit \\\"\\$1 \\$2\\\"; }\" >>funcs");
	script("l", "w second.yaml 1; w second.yaml 2; w f.yaml 2;"
	    "w f.yaml 3");
	test("without a sign nothing is looked for");
	CHECK_STR(followed(&q, &h), "3@f.yaml 3 2@f.yaml 2 "
	    "-@second.yaml 1 ");
	test("a place that was elsewhere is looked for there, and joined");
	q.sign = "m";
	CHECK_STR(followed(&q, &h), "lost@second.yaml 2, 3@f.yaml 3 "
	    "2@second.yaml 2 1@second.yaml 1 ");
	CHECK(h.commits == 4 && h.n == 3 && h.standing[2].begun);
	CHECK(h.standing[0].position == 0 && h.standing[1].position == 2 &&
	    h.standing[2].position == 3);
	test("after a gap, only where a file with the sign went");
	script("l", "git rm -q f.yaml; other x; git rm -q second.yaml; "
	    "other x; w f.yaml 4; other x; other x");
	q.file.path = "f.yaml";
	CHECK_STR(followed(&q, &h), "lost@other x, lost@other x, "
	    "4@f.yaml 4 -@other x 2@second.yaml 2 1@second.yaml 1 ");
	script("l", "git rm -q f.yaml; for i in 1 2 3; do other y; done;"
	    "w f.yaml 5; other y");
	q.file.path = "f.yaml";
	CHECK_STR(followed(&q, &h), "lost@other y, lost@other x, "
	    "lost@other x, 5@f.yaml 5 -@other y 4@f.yaml 4 -@other x "
	    "2@second.yaml 2 1@second.yaml 1 ");
}

static void
merges(void)
{
	test("a branch that joined counts as its merge");
	begin("m");
	script("m", "name one; git checkout -q -b side; name two; name three;"
	    "git checkout -q main; other x; clock; "
	    "git merge -q --no-ff -m 'Merge side' side");
	CHECK_STR(story("m"), "three@Merge side, one@name one");
	test("a squash and a fast forward");
	script("m", "git checkout -q -b side2; name four; name five;"
	    "git checkout -q main; other x; git merge -q --squash side2 "
	    ">/dev/null 2>&1; commit squashed;"
	    "git checkout -q -b side3; name six; git checkout -q main;"
	    "git merge -q side3");
	CHECK_STR(story("m"), "six@name six, five@squashed, three@Merge side,"
	    " one@name one");
}

static void
since(void)
{
	const char	*all;

	begin("s");
	script("s", "name zero; other x; name one; name two; "
	    "for i in $(seq 40); do other x; done; name three; other x");
	test("the walk ends behind the time asked for");
	all = story_of("s", &file, START + 47L * 3600);
	CHECK_STR(all, "three@name three, two@other x?");
	CHECK_STR(story_of("s", &file, START + 5L * 3600),
	    "three@name three, two@name two, one@name one, zero@name zero");
	test("but not before it found who set the value");
	script("s", "for i in $(seq 20); do other x; done");
	CHECK_STR(story_of("s", &file, START + 365L * 86400),
	    "three@name three, two@other x?");
	test("one wrong clock does not end it");
	script("s", "cp ../clock ../kept; echo 1000000000 >../clock; other x;"
	    "cp ../kept ../clock; name four; other x; other x");
	CHECK(strncmp(story_of("s", &file, START + 50L * 3600),
	    "four@name four, three@name three, two@", 38) == 0);
}

static void
cut_short(void)
{
	struct history_query	 q = { .file = file, .place = &field };
	struct repo		*repo;
	struct history		 h;

	test("a shallow clone that ends too early is an error");
	sh("git clone -q --depth 5 file://%s shallow", below("s"));
	CHECK(story("shallow") == NULL && said(-1, BROKEN, "--unshallow"));
	CHECK(story_of("shallow", &file, START + 365L * 86400) == NULL &&
	    said(-1, BROKEN, "history of " FILE_PATH));
	test("no commit, no history");
	repo = repo_at("s");
	q.commit = "0123456789012345678901234567890123456789";
	CHECK(said(history_values(repo, &q, &h, &e), BROKEN, "missing"));
	q.commit = "HEAD";
	CHECK(said(history_values(repo, &q, &h, &e), BROKEN, "\"HEAD\""));
	repo_close(repo);
}

static void
which_place(void)
{
	struct place	 p[] = {
		{ .kind = PLACE_COMMENT }, { .kind = PLACE_FIELD,
		.field = "a" }, { .kind = PLACE_COMMENT, .field = "b" },
		{ .kind = PLACE_COMMENT }, { .kind = PLACE_FIELD,
		.field = "b" }
	};
	struct places	 all = { p, 5 };

	test("a place is told from those like it");
	CHECK(history_nth(&all, &p[0]) == 0);
	CHECK(history_nth(&all, &p[1]) == 0);
	CHECK(history_nth(&all, &p[2]) == 0);
	CHECK(history_nth(&all, &p[3]) == 1);
	CHECK(history_nth(&all, &p[4]) == 1);
}

static void
second_place(void)
{
	const struct marks	 setter = { .setter = "m" };
	const struct place	 comment = { .kind = PLACE_COMMENT };
	struct history_query	 q = { .file = { "f.yaml", &setter },
				    .place = &comment, .nth = 1 };
	struct repo		*repo;
	struct history		 h;

	test("the second of two marks has a history of its own");
	begin("p");
	script("p", "w() { printf 'a: %s # kpt-set: ${m}\\n"
	    "b: %s # kpt-set: ${m}\\n' $1 $2 >f.yaml; commit \"$1 $2\"; };"
	    "w 1 1; w 2 1; w 2 2; w 3 2");
	repo = repo_at("p");
	q.commit = oid("p", "HEAD");
	CHECK(history_values(repo, &q, &h, &e) == 0);
	CHECK(h.n == 2 && h.commits == 4);
	CHECK_STR(h.standing[0].value, "2");
	CHECK_STR(h.standing[0].oid, oid("p", "HEAD~1"));
	CHECK_STR(h.standing[1].value, "1");
	CHECK(h.standing[1].begun);
	q.nth = 2;
	CHECK(history_values(repo, &q, &h, &e) == 0);
	CHECK(h.n == 1 && h.standing[0].value == NULL);
	repo_close(repo);
}

static void
touched(void)
{
	const char *const	 path[] = {
		FILE_PATH, "x", "deploy/h", "absent", "deploy/a"
	};
	bool			 differs[5];
	struct history_pair	 pair = { .path = path, .n = 5 };
	struct repo		*repo;

	test("which files differ between two commits");
	begin("t");
	script("t", "name one; other x; other deploy/h; other x; name two;"
	    "git rm -q deploy/h; commit gone");
	repo = repo_at("t");
	pair.a = oid("t", "HEAD~2");
	pair.b = oid("t", "HEAD");
	CHECK(history_touched(repo, &pair, differs, &e) == 0);
	CHECK(differs[0] && !differs[1] && differs[2]);
	CHECK(!differs[3] && !differs[4]);
	pair.b = pair.a;
	CHECK(history_touched(repo, &pair, differs, &e) == 0);
	CHECK(!differs[0] && !differs[1] && !differs[2]);
	pair.b = "0123456789012345678901234567890123456789";
	CHECK(said(history_touched(repo, &pair, differs, &e), BROKEN,
	    "missing"));
	repo_close(repo);
}

/* The subject of the first stranger on branch auto, or NULL. */
static const char *
stranger(void)
{
	struct repo	*repo = repo_at("b");
	struct ours	 ours = { .author = BOT, .file = &file, .nfiles = 1 };
	struct commit	 c;
	int		 rv;

	ours.base = oid("b", "main");
	ours.head = oid("b", "auto");
	rv = stranger_find(repo, &ours, &c, &e);
	repo_close(repo);
	if (rv == -1)
		return e.text;
	return rv == 1 ? NULL : keepf("%.*s", (int)strcspn(c.message, "\n"),
	    c.message);
}

/* A base with a model, and our branch that names another. */
static void
branch(const char *more)
{
	begin("b");
	script("b", "name one; other x; git checkout -q -b auto; bot two");
	script("b", more);
}

static void
strangers(void)
{
	test("our own commits are ours");
	branch("bot three");
	CHECK_STR(stranger(), NULL);
	branch("git checkout -q main; other x; name four");
	CHECK_STR(stranger(), NULL);
	branch("git branch -f main auto");
	CHECK_STR(stranger(), NULL);
	test("a person's are not, above ours or below them");
	branch("other fix");
	CHECK_STR(stranger(), "other fix");
	branch("other fix; bot three");
	CHECK_STR(stranger(), "other fix");
	branch("other fix; other more; bot three");
	CHECK_STR(stranger(), "other more");
	test("our name without the trailer is not ours");
	branch("as_bot other fix");
	CHECK_STR(stranger(), "other fix");
	branch("clock; as_bot git commit -q --allow-empty -m 'x\n\n"
	    "Generation: two\n\nbut not at the end'");
	CHECK_STR(stranger(), "x");
	branch("clock; as_bot git commit -q --allow-empty "
	    "--cleanup=verbatim -m 'x\n\nGeneration:'");
	CHECK_STR(stranger(), "x");
	test("the trailer under another name is not ours");
	branch("clock; git commit -q --allow-empty -m 'x\n\nGeneration: 2'");
	CHECK_STR(stranger(), "x");
	branch("bot three; git commit -q --amend --author='Ann <a@b>' "
	    "--no-edit");
	CHECK_STR(stranger(), "Deploy three");
	branch("bot three; git commit -q --amend --no-edit");
	CHECK_STR(stranger(), "Deploy three");
}

static void
updates(void)
{
	const char	*update = "clock; git checkout -q auto; "
			    "git merge -q -m 'Update branch' main >../q";

	test("a merge of base that left our values is ours");
	branch(keepf("git checkout -q main; other x; other y; %s", update));
	CHECK_STR(stranger(), NULL);
	branch(keepf("git checkout -q main; other x; %s; bot three; "
	    "git checkout -q main; other y; other z; %s; git checkout -q "
	    "main; other q", update, update));
	CHECK_STR(stranger(), NULL);
	test("also when base changed other lines of our file");
	branch(keepf("git checkout -q main; printf '\\n\\nlast: 1\\n' "
	    ">>deploy/a/f.yaml; commit more; %s", update));
	CHECK_STR(stranger(), NULL);
	test("a merge that gave up our value is not");
	branch("git checkout -q main; name nine; git checkout -q auto; clock;"
	    "git merge -q -s recursive -X theirs -m 'Theirs' main >../q");
	CHECK_STR(stranger(), "Theirs");
	branch("git checkout -q main; name nine; git checkout -q auto; clock;"
	    "git merge -q -s recursive -X ours -m 'Kept' main >../q");
	CHECK_STR(stranger(), NULL);
	test("a merge that brought something of its own is not");
	branch("git checkout -q main; other y; git checkout -q auto; clock;"
	    "git merge -q --no-commit main >../q 2>&1; echo evil >>y;"
	    "git add y; git commit -q -m 'Evil'");
	CHECK_STR(stranger(), "Evil");
	branch("git checkout -q main; other y; git checkout -q auto; clock;"
	    "git merge -q --no-commit main >../q 2>&1; chmod +x x; git add x;"
	    "git commit -q -m 'Mode'");
	CHECK_STR(stranger(), "Mode");
	branch("git checkout -q main; other y; git checkout -q auto; clock;"
	    "git merge -q --no-commit main >../q 2>&1; "
	    "echo '# hi' >>deploy/a/f.yaml; git add deploy;"
	    "git commit -q -m 'Comment'");
	CHECK_STR(stranger(), "Comment");
	branch("git checkout -q main; other y; git checkout -q auto; clock;"
	    "git merge -q --no-commit main >../q 2>&1;"
	    "git rm -qf deploy/a/f.yaml; git commit -q -m 'Removed'");
	CHECK_STR(stranger(), "Removed");
	test("a merge of another branch is not, nor are its commits");
	branch("git checkout -q -b side main; other y; git checkout -q auto;"
	    "clock; git merge -q -m 'Merge side' side");
	CHECK_STR(stranger(), "Merge side");
	branch("git checkout -q -b s1 main; other y; git checkout -q -b s2 "
	    "main; other z; git checkout -q auto; clock; "
	    "git merge -q -m 'Octopus' s1 s2 >/dev/null");
	CHECK_STR(stranger(), "Octopus");
}

static void
no_commits(void)
{
	struct repo	*repo = repo_at("b");
	struct ours	 ours = { .author = BOT, .file = &file, .nfiles = 1 };
	struct commit	 c;

	test("a commit that is missing is an error");
	ours.base = oid("b", "main");
	ours.head = "0123456789012345678901234567890123456789";
	CHECK(said(stranger_find(repo, &ours, &c, &e), BROKEN, ours.head));
	ours.head = "auto";
	CHECK(said(stranger_find(repo, &ours, &c, &e), BROKEN, "\"auto\""));
	repo_close(repo);
}

int
main(void)
{
	scratch_begin();
	values();
	moves();
	lost();
	merges();
	since();
	cut_short();
	which_place();
	second_place();
	touched();
	strangers();
	updates();
	no_commits();
	return test_end();
}
