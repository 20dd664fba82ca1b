#include <stdlib.h>
#include <time.h>

#include "model/document.h"
#include "model/problems.h"
#include "run/bytes.h"
#include "test.h"

static struct document *
parse(const char *text)
{
	char		*copy = strdup(text);
	struct bytes	 b = { copy, strlen(text) };
	struct document	*d = document_parse("f", &b);

	free(copy);		/* the tree must not need it */
	return d;
}

static const char *
problems(const char *text)
{
	size_t	 n;

	return document_problems(parse(text), &n);
}

/* Many times a text, between two others. */
static struct document *
parse_many(const char *before, const char *part, size_t n)
{
	size_t		 len = strlen(part), i;
	struct bytes	 b = { NULL, 0 };
	struct document	*d;

	b.data = calloc(1, strlen(before) + n * len + 1);
	memcpy(b.data, before, b.len = strlen(before));
	for (i = 0; i < n; i++, b.len += len)
		memcpy(b.data + b.len, part, len);
	d = document_parse("f", &b);
	free(b.data);
	return d;
}

static void
check_tree(void)
{
	const struct node	*root, *node;

	test("a tree with its places");
	root = document_root(parse("a: 1\nb:\n  - 'x'\n  - [y, {}]\n"
	    "é: {c: \"😀\", d: e}\n"));
	CHECK(root != NULL && root->kind == NODE_MAP && root->n == 3);
	node = node_get(root, "a");
	CHECK(node != NULL && node->plain && node->line == 1 &&
	    node->column == 4 && node->key->column == 1);
	CHECK_STR(node->text, "1");
	node = node_get(root, "b");
	CHECK(node != NULL && node->kind == NODE_LIST && node->n == 2);
	if (node == NULL)
		return;
	CHECK(!node->item[0]->plain && node->item[0]->key == NULL);
	CHECK(node->item[1]->n == 2 && node->item[1]->line == 4);
	node = node_nearest(root, "é.d");
	CHECK_STR(node->text, "e");
	CHECK(node->line == 5 && node->column == 16);
	test("nearest stops where nothing is");
	CHECK(node_nearest(root, "é.d.x.y") == node);
	CHECK(node_nearest(root, "") == root);
	CHECK(node_nearest(root, "z.d") == root);
	CHECK(node_get(root->item[0], "a") == NULL);
	CHECK(node_get(root->item[1], "a") == NULL);
}

static void
check_forms(void)
{
	test("a BOM is skipped and counts no column");
	CHECK_STR(problems("\xef\xbb\xbf" "a: *b\n"), "f:1:4: alias `*b`: "
	    "anchors and aliases are not read here; write the value out\n");
	CHECK_STR(problems("\xef\xbb\xbf"), "f:1:1: nothing here, expected "
	    "a YAML document\n");
	test("an anchor on a collection leaves its insides to be read");
	CHECK(document_root(parse("a: &x {b: c}"))->item[0]->n == 1);
	test("a second document is refused, the first is still read");
	CHECK(document_root(parse("a: b\n---\nc: d\n"))->n == 1);
	CHECK_STR(problems("a: b\n---\nc: d\n"), "f:2:1: a second YAML "
	    "document, expected one in a file; it was not read\n");
	test("keys of every odd kind");
	CHECK_STR(problems("? [a]\n: b\n? {c: d}\n: e\n? *x\n: f\n"),
	    "f:1:3: a list or mapping as a key, expected a word\n"
	    "f:3:3: a list or mapping as a key, expected a word\n"
	    "f:5:3: alias `*x`: anchors and aliases are not read here; "
	    "write the value out\n");
	CHECK_STR(problems("\"<<\": 1\n"), "");
	test("what breaks off leaves no tree");
	CHECK(document_root(parse("a: b\nc: [d\n")) == NULL);
	CHECK(document_root(parse("a: b\nc: \"\xff\"\n")) == NULL);
}

static void
check_bounds(void)
{
	struct document	*d;
	const char	*text, *line;
	size_t		 n, lines = 0;

	test("too many nodes");
	d = parse_many("- x\n", "- x\n", DOCUMENT_NODES - 2);
	document_problems(d, &n);
	CHECK(n == 0 && document_root(d)->n == DOCUMENT_NODES - 1);
	d = parse_many("- x\n", "- x\n", DOCUMENT_NODES);
	CHECK_STR(document_problems(d, &n), "f:10000:3: too many values, "
	    "expected at most 10000 with the keys; nothing more was read\n");
	CHECK(document_root(d) == NULL);
	test("too many bytes");
	d = parse_many("", "#", DOCUMENT_CEILING + 1);
	CHECK_STR(document_problems(d, &n), "f:1:1: 1048577 bytes, expected "
	    "at most 1048576\n");
	test("too many problems are counted");
	d = parse_many("", "- *a\n", 1000);
	text = document_problems(d, &n);
	for (line = text; (line = strchr(line, '\n')) != NULL; line++)
		lines++;
	CHECK(n == 1000 && lines == PROBLEMS_TOLD + 1);
	CHECK(strstr(text, "\nf: and 800 more\n") != NULL);
}

static void
check_cost(void)
{
	static const char *const	 parts[] = {
		"[", "{", "- ", "? ", "[{", "a: ", "\"", "'", "#", "!", "&",
		"{a: ", " ", "\t", "\n", "%", "-", "|\n", "a\n", ":", ",",
		"a b ", "---\n", "*a ", "&a ", "\\", "\r"
	};
	clock_t				 began;
	size_t				 i, n;

	test("no megabyte takes long");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		began = clock();
		document_problems(parse_many("", parts[i],
		    DOCUMENT_CEILING / strlen(parts[i])), &n);
		document_problems(parse_many("x: [\"", parts[i],
		    DOCUMENT_CEILING / strlen(parts[i]) - 6), &n);
		/* Sanitizers and a busy machine included. */
		if (clock() - began > 10 * CLOCKS_PER_SEC)
			test_fail(__FILE__, __LINE__, parts[i]);
	}
}

static void
check_shown(void)
{
	char	 text[100];

	test("strings are shown without control characters");
	CHECK_STR(document_shown("a\nb\tc\x1b[1m\xc2\x9b"), "a b c\\x1b[1m"
	    "\\xc2\\x9b");
	test("long strings are cut between characters");
	memset(text, 'a', sizeof(text));
	text[99] = '\0';
	CHECK(strlen(document_shown(text)) == 63);
	memcpy(text + 58, "\xf0\x9f\x98\x80", 4);
	CHECK(strlen(document_shown(text)) == 61);
}

int
main(void)
{
	check_tree();
	check_forms();
	check_bounds();
	check_cost();
	check_shown();
	return test_end();
}
