#include <stdlib.h>

#include "edit/edit.h"
#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/proof.h"
#include "edit/splice.h"
#include "edit/target.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

#define MARK	" # {\"$kpt-set\":\"x\"}\n"

static struct bytes
text(const char *s)
{
	return (struct bytes){ keep_copy(s, strlen(s)), strlen(s) };
}

/*
 * Sets the first target of a text to "new" by a change of its bytes, and
 * holds any result against it.  What the proof says, or "".
 */
static const char *
proved(const char *in, const struct marks *m, struct splice s,
    const char *result)
{
	struct bytes	 was = text(in), is = text(result);
	struct changes	 c = { .splice = &s, .n = 1 };
	struct error	 error = { .text = "" };
	struct targets	 t;
	struct layer	*l;

	CHECK(targets_open(&t, "f", &was, m, &error) == 0);
	CHECK(t.n > 0);
	if (t.n > 0) {
		t.target[0].wanted = "new";
		l = t.target[0].layer;
		l->outline->node[t.target[0].node].touched = true;
		for (; l->up != NULL; l = l->up)
			l->up->outline->node[l->node].touched = true;
		if (proof_check(&t, &was, &c, &is, &error) == 0)
			CHECK_STR(error.text, "");
		else
			CHECK(error.verdict == BROKEN);
	}
	targets_close(&t);
	return keepf("%s", error.text);
}

static void
plain(void)
{
	static const char	 in[] = "a: old" MARK "b: &k x\nc: [y]\n";
	struct marks		 m = { .setter = "x" };
	struct splice		 s = { 3, 6, "new", 3 };
	/* A change that claims the whole file, to get past the bytes. */
	struct splice		 all = { 0, sizeof(in) - 1, "", 0 };
	size_t			 i;
	static const char *const wrong[] = {
		"a: other" MARK "b: &k x\nc: [y]\n",	/* value */
		"a: new" MARK "b: &k z\nc: [y]\n",	/* another's value */
		"a: new" MARK "b: &l x\nc: [y]\n",	/* anchor */
		"a: new" MARK "b: x\nc: [y]\n",
		"a: new" MARK "b: &k 'x'\nc: [y]\n",	/* style */
		"a: 'new'" MARK "b: &k x\nc: [y]\n",
		"a: new" MARK "b: &k !!str x\nc: [y]\n",	/* tag */
		"a: new" MARK "b: &k x\nc:\n- y\n",	/* style of a list */
		"a: new" MARK "b: &k x\nc: [y, z]\n",	/* one more */
		"a: new" MARK "b: &k x\nc: []\n",	/* one fewer */
		"a: new" MARK "b: &k x\nc: {y: }\n",	/* another kind */
		"a: new" MARK "b: &k x\nc: [y]\nd: e\n",
		"a: new" MARK "b: &k x\n",
		"a: new" MARK "b: &k x\nc: [y]\n---\nz\n",
		"a: new" MARK "b: &k x\nc: [[y]]\n",
		"a: new" MARK "b: &k x\nc: *k\n",
		"a: new" MARK "b: &k x\nc: [y\n",
		""
	};

	test("proof: what was asked passes");
	CHECK_STR(proved(in, &m, s, "a: new" MARK "b: &k x\nc: [y]\n"), "");
	s.len = 5;
	CHECK_STR(proved(in, &m, s, "a: \"new\"" MARK "b: &k x\nc: [y]\n"),
	    "");
	test("proof: other bytes are seen");
	s.len = 3;
	CHECK(strstr(proved(in, &m, s, "a: new" MARK "b: &k x\nc: [y] \n"),
	    "bytes outside the values") != NULL);
	CHECK(strstr(proved(in, &m, s, "A: new" MARK "b: &k x\nc: [y]\n"),
	    "bytes outside the values") != NULL);
	CHECK(strstr(proved(in, &m, s, "a: new" MARK), "bytes outside") !=
	    NULL);
	CHECK(strstr(proved(in, &m, s, ""), "bytes outside") != NULL);
	test("proof: other nodes are seen");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		all.len = strlen(wrong[i]);
		CHECK(strstr(proved(in, &m, all, wrong[i]), "would change "
		    "more than the value") != NULL);
	}
}

static void
entered(void)
{
	static const char	 in[] = "a: |\n  b: old\n  c: x\nd: y\n";
	const char		*path = "a | b";
	struct marks		 m = { .fields = &path, .nfields = 1 };
	struct splice		 all = { 0, sizeof(in) - 1, "", 0 };
	size_t			 i;
	static const char *const wrong[] = {
		"a: |\n  b: new\n  c: z\nd: y\n",
		"a: |\n  b: new\n  c: x\nd: z\n",
		"a: |\n  b: new\n   c: x\nd: y\n",
		"a: |\n  b: old\n  c: x\nd: y\n",
		"a: |\n  b: [new\n  c: x\nd: y\n",
		"a: |\n  b: new\nc: x\nd: y\n",
	};

	test("proof: a string entered as YAML is compared inside");
	all.len = strlen("a: |\n  b: new\n  c: x\nd: y\n");
	CHECK_STR(proved(in, &m, all, "a: |\n  b: new\n  c: x\nd: y\n"), "");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		all.len = strlen(wrong[i]);
		CHECK(strstr(proved(in, &m, all, wrong[i]), "would change "
		    "more than the value") != NULL);
	}
}

int
main(void)
{
	plain();
	entered();
	return test_end();
}
