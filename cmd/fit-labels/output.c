#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "model/classifier.h"
#include "model/evaluation.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/say.h"

#include "fit-labels.h"

/* Under another name, and on the disk, before it is one of ours. */
static int
write_draft(const char *path, const struct bytes *b, struct error *error)
{
	ssize_t	 n;
	size_t	 done = 0;
	int	 fd, rv = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (fd == -1)
		return error_errno(error, RETRY, "%s", path);
	while (rv == 0 && done < b->len) {
		n = write(fd, b->data + done, b->len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			rv = error_errno(error, RETRY, "%s", path);
	}
	if (rv == 0 && fsync(fd) == -1)
		rv = error_errno(error, RETRY, "%s", path);
	if (close(fd) == -1 && rv == 0)
		rv = error_errno(error, RETRY, "%s", path);
	return rv;
}

static int
sync_folder(const char *path, struct error *error)
{
	int	 fd, rv = -1;

	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1) {
		rv = fsync(fd);
		close(fd);
	}
	if (rv == -1)
		return error_errno(error, RETRY, "%s", path);
	return 0;
}

static int
make_drafts(const struct job *job, const char *const draft[2],
    struct error *error)
{
	struct bytes	 b;
	int		 rv;

	if (classifier_text(job->shipped, &b, error) == -1)
		return -1;
	rv = write_draft(draft[0], &b, error);
	bytes_free(&b);
	if (rv == -1 || evaluation_text(job->evaluation, &b, error) == -1)
		return -1;
	rv = write_draft(draft[1], &b, error);
	bytes_free(&b);
	return rv;
}

int
output_write(const struct job *job, struct error *error)
{
	/* The evaluation last: where it stands, the classifier does. */
	const char	*const path[2] = {
		keepf("%s/classifier", job->output),
		keepf("%s/evaluation.json", job->output)
	};
	const char	*const draft[2] = {
		keepf("%s.new", path[0]), keepf("%s.new", path[1])
	};
	int		 i, rv;

	rv = make_drafts(job, draft, error);
	for (i = 0; rv == 0 && i < 2; i++)
		if (rename(draft[i], path[i]) == -1)
			rv = error_errno(error, RETRY, "%s", path[i]);
	if (rv == 0)
		return sync_folder(job->output, error);
	unlink(draft[0]);
	unlink(draft[1]);
	return -1;
}

static void
print_figure(double x, FILE *f)
{
	if (isnan(x))
		fprintf(f, "%10s", "-");
	else
		fprintf(f, "%10.3f", x);
}

static void
print_measure(const char *name, double threshold, const struct measure *m,
    FILE *f)
{
	fprintf(f, "%8zu", m->support);
	print_figure(threshold, f);
	print_figure(m->precision, f);
	print_figure(m->recall, f);
	fputs("  ", f);
	say_text(f, name);
	putc('\n', f);
}

void
output_print(const struct job *job, FILE *f)
{
	const struct evaluation	*e = job->evaluation;
	size_t			 i;

	fprintf(f, "%8s%10s%10s%10s  label\n", "support", "threshold",
	    "precision", "recall");
	for (i = 0; i < e->nlabels; i++)
		print_measure(e->labels[i].name, e->labels[i].threshold,
		    &e->labels[i].measure, f);
	print_measure("(micro)", NAN, &e->micro, f);
	print_measure("(macro)", NAN, &e->macro, f);
	for (i = 0; i < e->nagainst; i++) {
		print_measure(keepf("(%s, %zu examples)",
		    e->against[i].model, e->against[i].examples), NAN,
		    &e->against[i].micro, f);
		print_measure("(this one on the same)", NAN,
		    &e->against[i].candidate, f);
	}
}
