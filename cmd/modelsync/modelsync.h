/*
 * The subcommands of modelsync(8): all of them only read.
 */

#ifndef MODELSYNC_H
#define MODELSYNC_H

struct error;

#define DOCUMENT	"/etc/modelsync/model.yaml"

/*
 * Each takes the arguments that begin with its own name, with getopt(3) to
 * be begun anew, and returns the exit status.
 */
int	validate(int, char *[]);
int	schema(int, char *[]);
int	status(int, char *[]);

/* Tells why a document was refused; returns the exit status. */
int	refuse(const char *problems, const struct error *);

/* Tells how the program is called and refers to its manual; returns 3. */
int	usage(void);

/* Ends what was written to standard output; returns the exit status. */
int	finish(void);

#endif
