/*
 * A program that a step runs: a trainer, a hydrator.  It gets a process
 * group of its own, nothing of our environment, no descriptor of ours but the
 * lock of the Lease, and an end, which is the end of all it started
 * (run/keeper.h).
 */

#ifndef RUN_PROGRAM_H
#define RUN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct error;
struct guard;

struct program {
	const char	*path;		/* from program_find() */
	const char *const *argv;	/* with argv[0], NULL behind the last */
	const char *const *env;		/* all it gets; NULL behind the last */
	const char	*folder;	/* where it runs and may write */
	const char	*log;		/* file for both its outputs */
	long		 deadline;	/* s; then it is killed */
	bool		 offline;	/* it is to reach nobody: only where
					   program_offline() says so */
};

/* How it ended, in words: "exit 0", "killed by signal 9", "deadline". */
struct ending {
	int		 good;		/* exited with 0 */
	bool		 overdue;	/* killed at its deadline */
	const char	*words;
};

/*
 * The file a command names: a name without "/" is looked for beside the
 * running executable, then in PROGRAM_PATH.  NULL with an error, BROKEN.
 */
const char	*program_find(const char *, struct error *)
		    __attribute__((nonnull));

#define PROGRAM_PATH	"/usr/local/bin:/usr/bin:/bin"

/*
 * Runs a program to its end.  Needs an unspent guard and does not spend it.
 * Returns 0 with how it ended, and nothing it started lives; -1 when it
 * could not be started (BROKEN, with the reason), or was stopped because
 * this process was told to stop (RETRY).
 */
int	program_run(struct guard *, const struct program *,
	    struct ending *, struct error *) __attribute__((nonnull));

/*
 * Whether the kernel lets a program of ours be without a network.  Asked of
 * it once, by a child that tries.
 */
bool		 program_offline(void);

/* One of our own programs, asked for the plan of a dry run. */
struct question {
	const char	*name;
	const char *const *argv;	/* NULL behind the last; -n is added
					   in front */
	size_t		 ceiling;	/* bytes of the plan, at most */
	long		 most;		/* s, then it is killed; 0: no end */
	const char	**said;		/* the last line of its standard error,
					   kept, "" for none; NULL: its
					   standard error is ours */
};

/*
 * What it prints, which needs no guard; others of a crew go on meanwhile.
 * The caller frees the bytes.  Returns its exit status; -1 when it could not
 * be run, or was killed, by us when its time is over or this process was told
 * to end.
 */
int		 program_plan(const struct question *, struct bytes *,
		    struct error *) __attribute__((nonnull));

#endif
