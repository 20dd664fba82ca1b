#include <sys/mman.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/crew.h"
#include "run/error.h"

/* JSON as deep as jansson reads it (2048) is the deepest there is. */
#define STACK		((size_t)1 << 20)
#define LONG_TIME	1000L	/* ms that idle() is left alone for */

struct member {
	ucontext_t	 context;
	char		*stack;		/* with a page below that is not */
	size_t		 number;	/* of its work */
	bool		 busy;
	const size_t	*left;		/* what it waits for; NULL: the time */
	long		 until;		/* boot_clock() */
};

static ucontext_t		 scheduler;
static struct member		*current;	/* NULL: nobody is inside */
static const struct crew_terms	*terms;

static long
page(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void
begin(void)
{
	struct member	*m = current;

	terms->work(m->number);
	m->busy = false;
	setcontext(&scheduler);
}

/* A stack that ends in a page which cannot be touched. */
static int
set_up(struct member *m, struct error *error)
{
	void	*p = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (p == MAP_FAILED || mprotect(p, (size_t)page(), PROT_NONE) == -1)
		return error_errno(error, RETRY, "a stack");
	m->stack = p;
	return 0;
}

static void
start(struct member *m, size_t number)
{
	getcontext(&m->context);
	m->context.uc_stack.ss_sp = m->stack;
	m->context.uc_stack.ss_size = STACK;
	m->context.uc_link = NULL;
	makecontext(&m->context, begin, 0);
	m->number = number;
	m->busy = true;
	m->left = NULL;
	m->until = 0;
}

static bool
can_go_on(const struct member *m)
{
	return m->left != NULL ? *m->left == 0 : boot_clock() >= m->until;
}

/* Lets everybody who can go on do so.  Whether anybody could. */
static bool
turn(struct member *m, size_t width)
{
	bool	 any = false;
	size_t	 i;

	for (i = 0; i < width; i++) {
		if (!m[i].busy || !can_go_on(&m[i]))
			continue;
		any = true;
		current = &m[i];
		swapcontext(&scheduler, &m[i].context);
		current = NULL;
	}
	return any;
}

/* How long until somebody has rested enough. */
static long
patience(const struct member *m, size_t width)
{
	long	 ms = LONG_TIME, now = boot_clock();
	size_t	 i;

	for (i = 0; i < width; i++)
		if (m[i].busy && m[i].left == NULL && m[i].until - now < ms)
			ms = m[i].until > now ? m[i].until - now : 0;
	return ms;
}

static void
do_all(struct member *m, size_t width)
{
	size_t	 i, next = 0, busy;

	do {
		for (i = busy = 0; i < width; i++) {
			if (!m[i].busy && next < terms->n)
				start(&m[i], next++);
			busy += m[i].busy;
		}
		if (busy > 0 && !turn(m, width))
			terms->idle(patience(m, width));
	} while (busy > 0);
}

int
crew_run(const struct crew_terms *t, struct error *error)
{
	size_t		 i, width = t->width < t->n ? t->width : t->n;
	struct member	*m = calloc(width + 1, sizeof(*m));
	int		 rv = 0;

	if (m == NULL)
		return error_errno(error, RETRY, "a crew of %zu", width);
	for (i = 0; i < width && rv == 0; i++)
		rv = set_up(&m[i], error);
	if (rv == 0) {
		terms = t;
		do_all(m, width);
		terms = NULL;
	}
	for (i = 0; i < width; i++)
		if (m[i].stack != NULL)
			munmap(m[i].stack, STACK);
	free(m);
	return rv;
}

bool
crew_inside(void)
{
	return current != NULL;
}

static void
give_way(void)
{
	struct member	*m = current;

	swapcontext(&m->context, &scheduler);
}

void
crew_wait(const size_t *left)
{
	if (*left == 0)
		return;
	current->left = left;
	give_way();
	current->left = NULL;
}

void
crew_rest(long ms)
{
	current->left = NULL;
	current->until = boot_clock() + ms;
	give_way();
}
