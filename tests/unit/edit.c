#include <sys/types.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>

#include "edit/edit.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

#define CORPUS		"tests/unit/edit"
#define CEILING		(1UL << 20)	/* of a file of the corpus */
#define MOST_FIELDS	8

/* What is asked of a file of the corpus: lines of a word and its text. */
struct ask {
	const char	*name, *value, *error, *was, *at;
	const char	*field[MOST_FIELDS];
	struct marks	 marks;
	long		 places;
	bool		 lossy;
};

static void
ask_line(struct ask *a, const char *word, const char *text)
{
	if (strcmp(word, "name") == 0)
		a->name = text;
	else if (strcmp(word, "setter") == 0)
		a->marks.setter = text;
	else if (strcmp(word, "value") == 0)
		a->value = text;
	else if (strcmp(word, "places") == 0)
		a->places = strtol(text, NULL, 10);
	else if (strcmp(word, "error") == 0)
		a->error = text;
	else if (strcmp(word, "was") == 0)
		a->was = text;
	else if (strcmp(word, "lossy") == 0)
		a->lossy = true;
	else if (strcmp(word, "at") == 0)
		a->at = text;
	else if (strcmp(word, "field") == 0 &&
	    a->marks.nfields < MOST_FIELDS)
		a->field[a->marks.nfields++] = text;
	else
		CHECK(!"a word of the corpus");
}

static void
ask_read(struct ask *a, const char *stem)
{
	struct bytes	 b;
	struct error	 error;
	char		*line, *next, *text;

	*a = (struct ask){ .name = "f.yaml", .value = "" };
	if (bytes_read(keepf("%s.ask", stem), CEILING, &b, &error) != 0) {
		CHECK(!"the .ask file is there");
		return;
	}
	next = keep_copy(b.data, b.len);
	while ((line = strsep(&next, "\n")) != NULL && *line != '\0') {
		text = strchr(line, ' ');
		*text++ = '\0';
		ask_line(a, line, text);
	}
	a->marks.fields = a->field;
	bytes_free(&b);
}

static bool
same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static int
find(const char *name, const struct bytes *b, const struct marks *m,
    struct places *p)
{
	struct error	 error;
	int		 rv;

	rv = edit_find(name, b, m, p, &error);
	if (rv == -1) {
		printf("     %s\n", error.text);
		*p = (struct places){ .n = 0 };
	}
	return rv;
}

static void
refused(const struct ask *a, const struct bytes *in)
{
	struct error	 error = { .text = "" };
	struct bytes	 out;

	CHECK(edit_set(a->name, in, &a->marks, a->value, &out,
	    &error) == -1);
	CHECK(out.data == NULL);
	CHECK(error.verdict == BROKEN);
	if (strstr(error.text, a->error) == NULL)
		CHECK_STR(error.text, a->error);
}

static void
granted(const struct ask *a, const struct bytes *in, const struct bytes *want)
{
	struct error	 error = { .text = "" };
	struct bytes	 out, again;
	struct places	 p, after;
	size_t		 i;

	CHECK(find(a->name, in, &a->marks, &p) == 0);
	CHECK((long)p.n == a->places);
	if (a->was != NULL && p.n > 0)
		CHECK_STR(p.place[0].value, a->was);
	if (a->at != NULL && p.n > 0)
		CHECK_STR(keepf("%zu:%zu", p.place[0].line,
		    p.place[0].column), a->at);
	CHECK(edit_set(a->name, in, &a->marks, a->value, &out, &error) == 0);
	CHECK_STR(error.text, "");
	if (out.data == NULL)
		return;
	CHECK(same(&out, want));
	if (!same(&out, want))
		printf("%s", out.data);
	CHECK(find(a->name, &out, &a->marks, &after) == 0);
	CHECK(after.n == p.n);
	for (i = 0; i < after.n; i++)
		CHECK_STR(after.place[i].value, a->value);
	CHECK(edit_set(a->name, &out, &a->marks, a->value, &again,
	    &error) == 0);
	CHECK(same(&out, &again));
	bytes_free(&again);
	bytes_free(&out);
}

#define PLAIN	2	/* of the values, the first need no quotes */

static const char *const	values[] = {
	"kubeflow-issues-0123456789ab", "projects/1/locations/us/models/TCN2",
	"", "42", "true", "~", "2021-07-21", "a: b", "a #b", "- x", " x ",
	"it's", "\"", "\\", "a\nb", "a\n", "\n", "\tx", "x\ty", "a,b]}",
	"\x01\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf",
	"\xf0\x9f\x98\x80 \xc3\xa9", "a:", "? x", "---", "...", "%x", "{a}",
	"${x}", "a\r\nb", "x\n\n  y\nz", "# {\"$kpt-set\":\"automl-model\"}"
};

/* Sets a value; NULL bytes when that is refused, which must tell where. */
static struct bytes
set(const struct ask *a, const struct bytes *in, const char *value)
{
	struct error	 error = { .text = "" };
	struct bytes	 out;

	if (edit_set(a->name, in, &a->marks, value, &out, &error) == 0)
		return out;
	CHECK(out.data == NULL);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, a->name) == error.text);
	/* The proof is there for our own mistakes. */
	CHECK(strstr(error.text, "would change") == NULL);
	return out;
}

static void
all_have(const struct ask *a, const struct bytes *b, size_t n,
    const char *value)
{
	struct places	 p;
	size_t		 i;

	CHECK(find(a->name, b, &a->marks, &p) == 0);
	CHECK(p.n == n);
	for (i = 0; i < p.n; i++)
		CHECK_STR(p.place[i].value, value);
}

/*
 * A value is set, and the old one put back: that gives the file as it was,
 * unless its scalar was written in a way of its own (the word "lossy" in the
 * corpus) or the value brought quotes.  From then on it is exact.
 */
static void
round_trip(const struct ask *a, const struct bytes *in, const char *value,
    bool quotes)
{
	struct error	 error;
	struct bytes	 out, back, out2, back2;
	struct places	 p;
	const char	*old;

	if (edit_find(a->name, in, &a->marks, &p, &error) == -1 || p.n == 0)
		return;
	old = p.place[0].value;
	if ((out = set(a, in, value)).data == NULL)
		return;
	all_have(a, &out, p.n, value);
	if ((back = set(a, &out, old)).data != NULL) {
		all_have(a, &back, p.n, old);
		if (!quotes && !a->lossy && p.n == 1)
			CHECK(same(&back, in));
		out2 = set(a, &back, value);
		back2 = set(a, &out2, old);
		CHECK(same(&back, &back2));
		bytes_free(&out2);
		bytes_free(&back2);
	}
	bytes_free(&back);
	bytes_free(&out);
}

static void
corpus_case(const char *stem)
{
	struct ask	 a;
	struct bytes	 in, out;
	struct error	 error;
	size_t		 i;
	int		 rv;

	ask_read(&a, stem);
	CHECK(bytes_read(keepf("%s.in", stem), CEILING, &in, &error) == 0);
	rv = bytes_read(keepf("%s.out", stem), CEILING, &out, &error);
	CHECK((rv == 1) == (a.error != NULL));
	if (rv == 1 && a.error != NULL)
		refused(&a, &in);
	else if (rv == 0) {
		granted(&a, &in, &out);
		bytes_free(&out);
	}
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		round_trip(&a, &in, values[i], i >= PLAIN);
	bytes_free(&in);
}

static int
is_ask(const struct dirent *d)
{
	const char	*dot = strrchr(d->d_name, '.');

	return dot != NULL && strcmp(dot, ".ask") == 0;
}

static void
corpus(void)
{
	struct dirent	**entry;
	int		  i, n;

	test("edit: the corpus is there");
	n = scandir(CORPUS, &entry, is_ask, alphasort);
	CHECK(n > 100);
	for (i = 0; i < n; i++) {
		*strrchr(entry[i]->d_name, '.') = '\0';
		test(keepf("edit: %s", entry[i]->d_name));
		corpus_case(keepf(CORPUS "/%s", entry[i]->d_name));
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

static struct bytes
text(const char *s)
{
	return (struct bytes){ keep_copy(s, strlen(s)), strlen(s) };
}

/* One edit; the result kept, or the error's text. */
static const char *
edited(const char *in, const struct marks *m, const char *value)
{
	struct bytes	 b = text(in), out;
	struct error	 error;
	const char	*s;

	if (edit_set("p/f.yaml", &b, m, value, &out, &error) == -1)
		return keepf("%s", error.text);
	s = keep_copy(out.data, out.len);
	bytes_free(&out);
	return s;
}

#define MARK	" # {\"$kpt-set\":\"x\"}\n"

static void
values_with_lines(void)
{
	static const char *const	 enter[] = { "a | b" };
	struct marks			 m = { .setter = "x" };
	struct marks			 inside = { .fields = enter,
					    .nfields = 1 };

	test("edit: a line break in a plain scalar becomes an escape");
	CHECK_STR(edited("a: old" MARK, &m, "a\nb\t\x01\x7f"),
	    "a: \"a\\nb\\t\\x01\\x7F\"" MARK);
	test("edit: what YAML takes for breaks and marks is escaped");
	CHECK_STR(edited("a: \"\"" MARK, &m,
	    "\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xc2\xa0"),
	    "a: \"\\x85\\u2028\\uFEFF\xc2\xa0\"" MARK);
	test("edit: single quotes refuse a line break");
	CHECK_STR(edited("a: ''" MARK, &m, "a\nb"), "p/f.yaml:1:4: cannot "
	    "write a\nb here: single quotes cannot hold a line break or "
	    "control character; put double quotes there");
	test("edit: a literal block takes lines");
	CHECK_STR(edited("a: |" MARK "    old\nb: 1\n", &m, "a\n\n  b\n"),
	    "a: |" MARK "    a\n\n      b\nb: 1\n");
	test("edit: a folded block takes lines");
	CHECK_STR(edited("a: >" MARK "  old\nb: 1\n", &m, "a\nb\n\nc\n"),
	    "a: >" MARK "  a\n\n  b\n\n\n  c\nb: 1\n");
	test("edit: a block scalar refuses what it cannot hold");
	CHECK(strstr(edited("a: |" MARK "  old\n", &m, ""), "p/f.yaml:1:4: "
	    "cannot write") != NULL);
	CHECK(strstr(edited("a: |" MARK "  old\n", &m, " x"), "p/f.yaml:1:4")
	    != NULL);
	CHECK(strstr(edited("a: |" MARK "  old\n", &m, "x\n\n"),
	    "p/f.yaml:1:4") != NULL);
	CHECK(strstr(edited("a: |" MARK "  old\n", &m, "x\ry"),
	    "p/f.yaml:1:4") != NULL);
	test("edit: a break that is no newline ends no line of a value");
	CHECK(strstr(edited("a: |" MARK "  old\xe2\x80\xa8\n", &m, "x\n"),
	    "p/f.yaml:1:4: cannot write x\n here: a block scalar") != NULL);
	CHECK_STR(edited("a: |" MARK "  old\xe2\x80\xa8\n", &m, "x"),
	    "a: |-" MARK "  x\xe2\x80\xa8\n");
	CHECK(strstr(edited("# {\"$kpt-set\":\"x\"}\na: |\xe2\x80\xa9  old\n",
	    &m, "x\ny\n"), "p/f.yaml:2:4: cannot write") != NULL);
	CHECK(strstr(edited("a: |2\n \xe2\x80\xa9   b: o\n", &inside, "new"),
	    "p/f.yaml:1:4: cannot write new here: the string around") != NULL);
	test("edit: a value that is not UTF-8 is refused");
	CHECK_STR(edited("a: b" MARK, &m, "\xff"), "p/f.yaml: the value to "
	    "write is not UTF-8");
	CHECK_STR(edited("a: b" MARK, &m, "\xed\xa0\x80"), "p/f.yaml: the "
	    "value to write is not UTF-8");
	CHECK_STR(edited("a: b" MARK, &m, "\xc0\x80"), "p/f.yaml: the "
	    "value to write is not UTF-8");
}

static int
define(const char *name, const char *yaml, struct definitions **d,
    struct error *error)
{
	struct bytes	 b = text(yaml);

	return edit_define(name, &b, d, error);
}

#define HEAD	"openAPI:\n  definitions:\n"
#define SETTER(name, value)						\
	"    io.k8s.cli.setters." name ":\n"				\
	"      x-k8s-cli: {setter: {name: " name ", value: " value "}}\n"
#define SUBST(name, pattern, values)					\
	"    io.k8s.cli.substitutions." name ":\n"			\
	"      x-k8s-cli:\n"						\
	"        substitution:\n"					\
	"          name: " name "\n"					\
	"          pattern: " pattern "\n"				\
	"          values: [" values "]\n"
#define VALUE(marker, what, name)					\
	"{marker: '" marker "', ref: '#/definitions/io.k8s.cli." what "." \
	name "'},"
#define USES(name) " # {\"$ref\":\"#/definitions/io.k8s.cli."		\
	"substitutions." name "\"}\n"

static void
substitutions(void)
{
	struct definitions	*d = NULL;
	struct marks		 m = { .setter = "x" };
	struct error		 error = { .text = "" };
	struct places		 p;
	struct bytes		 b;

	test("edit: a substitution is rendered, the others as they are");
	CHECK(define("p/Kptfile", HEAD SETTER("x", "v1") SETTER("repo",
	    "a-b") SUBST("image", "REPO/app:${x}", VALUE("REPO", "setters",
	    "repo") VALUE("${x}", "setters", "x")) SUBST("outer", "'[I]!'",
	    VALUE("[I]", "substitutions", "image")) SUBST("dash",
	    "\"R-X\"", VALUE("R", "setters", "repo") VALUE("X", "setters",
	    "x")) SUBST("none", "y", ""), &d, &error) == 0);
	CHECK_STR(error.text, "");
	m.definitions = d;
	CHECK_STR(edited("a: r/app:v1" USES("image"), &m, "v2"),
	    "a: r/app:v2" USES("image"));
	CHECK_STR(edited("a: r/app:v1 # {\"$kpt-set\":\"image\"}\n", &m,
	    "v2"), "a: r/app:v2 # {\"$kpt-set\":\"image\"}\n");
	test("edit: substitutions stand in one another");
	CHECK_STR(edited("a: r/app:v1!" USES("outer"), &m, "v2"),
	    "a: r/app:v2!" USES("outer"));
	test("edit: our part of a substitution is the value");
	b = text("# {\"$kpt-set\":\"outer\"}\na: r/app:v1!\n");
	CHECK(find("p/f.yaml", &b, &m, &p) == 0);
	CHECK(p.n == 1);
	CHECK_STR(p.n == 1 ? p.place[0].value : NULL, "v1");
	test("edit: the recorded values tell readings apart");
	CHECK_STR(edited("a: a-b-v1" USES("dash"), &m, "v2"),
	    "a: a-b-v2" USES("dash"));
	CHECK(strstr(edited("a: a-c-v1" USES("dash"), &m, "v2"),
	    "p/f.yaml:1:4: the value a-c-v1 can be read") != NULL);
	test("edit: a substitution without the setter is no mark");
	CHECK_STR(edited("a: y" USES("none"), &m, "v2"),
	    "a: y" USES("none"));
	test("edit: definitions hold in their folder and below");
	b = text("a: r/app:v1" USES("image"));
	CHECK(find("q/f.yaml", &b, &m, &p) == 0 && p.n == 0);
	CHECK(find("pp/f.yaml", &b, &m, &p) == 0 && p.n == 0);
	CHECK(find("p/q/f.yaml", &b, &m, &p) == 0 && p.n == 1);
	test("edit: the nearest definition counts");
	CHECK(define("p/q/Kptfile", HEAD SUBST("image", "near:X",
	    VALUE("X", "setters", "x")), &d, &error) == 0);
	b = text("a: near:v1" USES("image"));
	CHECK(find("p/q/f.yaml", &b, &m, &p) == 0 && p.n == 1);
	CHECK(edit_find("p/f.yaml", &b, &m, &p, &error) == -1);
	test("edit: a short name is a setter's first");
	CHECK(define("p/Kptfile", HEAD SUBST("repo", "X",
	    VALUE("X", "setters", "x")), &d, &error) == 0);
	CHECK_STR(edited("a: b # {\"$kpt-set\":\"repo\"}\n", &m, "v2"),
	    "a: b # {\"$kpt-set\":\"repo\"}\n");
}

static void
bad_substitutions(void)
{
	struct definitions	*d = NULL;
	struct marks		 m = { .setter = "x" };
	struct error		 error = { .text = "" };

	test("edit: a cycle of substitutions is refused");
	CHECK(define("Kptfile", HEAD SUBST("a", "A", VALUE("A",
	    "substitutions", "b")) SUBST("b", "BB", VALUE("B",
	    "substitutions", "a")), &d, &error) == 0);
	m.definitions = d;
	CHECK(strstr(edited("v: 1" USES("a"), &m, "v2"),
	    "stands in itself") != NULL);
	test("edit: a substitution of something undefined is refused");
	CHECK(define("Kptfile", HEAD SUBST("c", "A", VALUE("A",
	    "substitutions", "gone")), &d, &error) == 0);
	CHECK(strstr(edited("v: 1" USES("c"), &m, "v2"),
	    "defined nowhere") != NULL);
	test("edit: a substitution that makes no sense is refused");
	CHECK(define("Kptfile", HEAD SUBST("e", "[A]", ""), &d,
	    &error) == -1);
	CHECK_STR(error.text, "Kptfile:4:7: substitution "
	    "io.k8s.cli.substitutions.e has no pattern");
	CHECK(define("Kptfile", HEAD SUBST("e", "A", "{marker: A}"), &d,
	    &error) == -1);
	CHECK(strncmp(error.text, "Kptfile:8:20: ", 14) == 0);
	CHECK(define("Kptfile", "[ # io.k8s.cli.setters.x", &d,
	    &error) == -1);
	CHECK(strncmp(error.text, "Kptfile:", 8) == 0);
	test("edit: other files define nothing");
	CHECK(define("Kptfile", "[", &d, &error) == 0);
	d = NULL;
	CHECK(define("x.yaml", "[", &d, &error) == 0 && d == NULL);
}

#define LARGE	(10UL << 20)

static void
large(void)
{
	struct marks	 m = { .setter = "x" };
	struct bytes	 b = { malloc(LARGE + 1), 0 }, out;
	struct error	 error = { .text = "" };
	size_t		 i;

	test("edit: a file of 10 MiB");
	for (i = 0; b.len < LARGE - 200; i++)
		b.len += (size_t)snprintf(b.data + b.len, LARGE - b.len,
		    "- name: \xc3\xa9-%zu\n  image: \"r/a:v%zu\" # b\n", i,
		    i);
	b.len += (size_t)snprintf(b.data + b.len, LARGE - b.len,
	    "- m: old" MARK);
	CHECK(edit_set("f.yaml", &b, &m, "new", &out, &error) == 0);
	CHECK_STR(error.text, "");
	CHECK(out.len == b.len && memcmp(out.data, b.data,
	    b.len - strlen("old" MARK)) == 0);
	bytes_free(&out);
	test("edit: ten thousand places");
	b.len = 0;
	for (i = 0; i < 10000; i++)
		b.len += (size_t)snprintf(b.data + b.len, LARGE - b.len,
		    "- m%zu: old" MARK, i);
	CHECK(edit_set("f.yaml", &b, &m, "newer", &out, &error) == 0);
	CHECK_STR(error.text, "");
	CHECK(out.len == b.len + 20000);
	bytes_free(&out);
	bytes_free(&b);
}

int
main(void)
{
	corpus();
	values_with_lines();
	substitutions();
	bad_substitutions();
	large();
	return test_end();
}
