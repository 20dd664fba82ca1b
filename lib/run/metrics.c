#include <sys/stat.h>

#include <arpa/nameser.h>

#include <errno.h>
#include <math.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/metrics.h"
#include "run/plain.h"
#include "run/step.h"
#include "run/summary.h"

#define FILE_CEILING	((size_t)64 << 10)	/* bytes; ours has 3 KiB */
#define DIGITS		11	/* of a time in seconds: till year 5138 */
#define CLOCK_SLACK	(5 * 60)	/* s a clock may be off */
#define SUCCESS		"modelsync_last_success_timestamp_seconds"

struct metric {
	const char	*name, *help;
	double		 value;		/* NaN: not known */
	int		 digits;	/* behind the point */
};

/* A run that came to its own end and found all as it should be. */
static bool
is_success(const struct summary *s)
{
	return s->status == SETTLED && strcmp(s->how, "busy") != 0;
}

/* A run that got no clock from its Lease has the node's. */
static time_t
time_of(const struct summary *s)
{
	return s->now != 0 ? s->now : time(NULL);
}

static double
gate_of(const struct summary *s)
{
	if (s->step->gate == STEP_GATE_NONE)
		return NAN;
	return s->step->gate == STEP_GATE_PASSED ? 1 : 0;
}

static double
age_of(const struct summary *s)
{
	return s->model_time == 0 ? NAN :
	    (double)(time_of(s) - s->model_time);
}

static size_t
holds_of(const struct summary *s)
{
	return s->step->holds > 0 ? s->step->holds : s->step->hold != NULL;
}

/* A label's value; plain text has no newline. */
static void
print_label(FILE *f, const char *name, const char *value)
{
	const char	*c = plain_text(value, FILE_CEILING);

	fprintf(f, "%s=\"", name);
	for (; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', f);
		putc(*c, f);
	}
	putc('"', f);
}

static void
print_name(FILE *f, const char *name, const struct summary *s)
{
	fprintf(f, "%s{", name);
	print_label(f, "model", s->model);
	putc(',', f);
	print_label(f, "tool", s->tool);
	fputs("} ", f);
}

static void
print(FILE *f, const struct metric *m, const struct summary *s)
{
	fprintf(f, "# TYPE %s gauge\n# HELP %s %s\n", m->name, m->name,
	    m->help);
	print_name(f, m->name, s);
	if (isnan(m->value))
		fputs("NaN\n", f);
	else
		fprintf(f, "%.*f\n", m->digits, m->value);
}

static void
print_all(FILE *f, const struct summary *s, bool unknown)
{
	const struct metric	 metric[] = {
		{ "modelsync_last_attempt_timestamp_seconds",
		    "When the last run was.", (double)time_of(s), 0 },
		{ "modelsync_result", "Exit status of the last run.",
		    s->status, 0 },
		{ "modelsync_exchanges", "Exchanges with servers in the last "
		    "run.", (double)s->exchanges, 0 },
		{ "modelsync_duration_seconds", "How long the last run "
		    "took.", s->ms < 0 ? NAN : (double)s->ms / 1000, 3 },
		{ "modelsync_model_age_seconds", "Age of the newest model, "
		    "for deploy-model of the live one.", age_of(s), 0 },
		{ "modelsync_gate_passed", "Whether a model that may be "
		    "proposed passes the gate.", gate_of(s), 0 },
		{ "modelsync_holds", "Holds that wait for a person.",
		    (double)holds_of(s), 0 },
		{ "modelsync_consecutive_failures", "Failures in a row.",
		    (double)s->failures, 0 },
		{ "modelsync_busy_since_timestamp_seconds", "Since when "
		    "another run has held the Lease, 0 if none does.",
		    (double)s->busy_since, 0 }
	};
	size_t			 i;

	for (i = 0; i < sizeof(metric) / sizeof(metric[0]); i++)
		if (unknown || !isnan(metric[i].value))
			print(f, &metric[i], s);
}

const char *
metrics_text(const struct summary *s, enum metrics_form form, time_t success)
{
	char		*text = NULL;
	const char	*kept;
	size_t		 len;
	FILE		*f;

	if ((f = open_memstream(&text, &len)) == NULL)
		return "";
	if (success != 0)
		print(f, &(struct metric){ SUCCESS, "When a run last found "
		    "all as it should be, or made it so.", (double)success,
		    0 }, s);
	print_all(f, s, form == METRICS_PUSH);
	if (form == METRICS_OPEN)
		fputs("# EOF\n", f);
	kept = fclose(f) == EOF ? "" : keepf("%s", text);
	free(text);
	return kept;
}

/* What stands before the value of the last success in a file of ours. */
static const char *
success_name(const struct summary *s)
{
	char		*text = NULL;
	const char	*kept;
	size_t		 len;
	FILE		*f;

	if ((f = open_memstream(&text, &len)) == NULL)
		return "\n";
	print_name(f, SUCCESS, s);
	kept = fclose(f) == EOF ? "\n" : keepf("%s", text);
	free(text);
	return kept;
}

time_t
metrics_success(const struct summary *s, const char *text)
{
	const char	*name = success_name(s), *line, *end, *found = NULL;
	long long	 t;
	size_t		 n;

	for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1)
		if (strncmp(line, name, strlen(name)) == 0) {
			if (found != NULL)
				return 0;	/* which of them? */
			found = line + strlen(name);
		}
	if (found == NULL)
		return 0;
	n = strspn(found, "0123456789");
	if (n == 0 || n > DIGITS || found[n] != '\n')
		return 0;
	t = strtoll(found, NULL, 10);
	return t > (long long)time_of(s) + CLOCK_SLACK ? 0 : (time_t)t;
}

/* What the file tells of the last success.  -1: it is not to be replaced. */
static int
read_success(const struct summary *s, const char *path, time_t *success,
    struct error *error)
{
	struct stat	 st;
	struct bytes	 b;
	int		 rv;

	*success = 0;
	/* Opening a pipe would wait for its other end. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(error, BROKEN, "%s: not a regular file",
		    path);
	if ((rv = bytes_read(path, FILE_CEILING, &b, error)) != 0)
		return rv == 1 ? 0 : -1;
	*success = metrics_success(s, b.data);
	bytes_free(&b);
	return 0;
}

/*
 * Not synced to the disk: what a power loss takes here comes again with the
 * next run, and a settled run is not to wait for a disk.
 */
static int
replace(const char *path, const char *text, struct error *error)
{
	char	*draft = keepf("%s.XXXXXX", path);
	FILE	*f;
	int	 fd;
	bool	 good;

	if ((fd = mkstemp(draft)) == -1)
		return error_errno(error, RETRY, "%s", draft);
	if ((f = fdopen(fd, "w")) == NULL) {
		error_errno(error, RETRY, "%s", draft);
		close(fd);
		unlink(draft);
		return -1;
	}
	/* Whoever collects it is somebody else. */
	good = fchmod(fd, 0644) == 0 && fputs(text, f) != EOF;
	if (fclose(f) == EOF || !good || rename(draft, path) == -1) {
		error_errno(error, RETRY, "%s", path);
		unlink(draft);
		return -1;
	}
	return 0;
}

int
metrics_write(const struct summary *s, const char *path, struct error *error)
{
	time_t	 success;

	if (read_success(s, path, &success, error) == -1)
		return -1;
	if (is_success(s))
		success = time_of(s);
	return replace(path, metrics_text(s, METRICS_OPEN, success), error);
}

int
metrics_check(const char *url, struct error *error)
{
	return http_open(&(struct http_terms){ .origin = url },
	    error) == NULL ? -1 : 0;
}

/* RFC 4648, section 5; the slash of an owner cannot stand in a path. */
static const char *
base64(const char *s)
{
	size_t	 len = strlen(s), size = len / 3 * 4 + 5;
	char	*text = keep(size), *c;

	b64_ntop((const unsigned char *)s, len, text, size);
	for (c = text; *c != '\0'; c++)
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
	return text;
}

const char *
metrics_path(const struct summary *s)
{
	return keepf("/metrics/job/%s/model@base64/%s", s->tool,
	    base64(s->model));
}

int
metrics_push(const struct summary *s, const char *url, struct error *error)
{
	const char	*text = metrics_text(s, METRICS_PUSH,
			    is_success(s) ? time_of(s) : 0);
	struct request	 r = { .method = "POST", .path = metrics_path(s),
			    .type = "text/plain; version=0.0.4",
			    .body = text, .len = strlen(text) };
	struct answer	 a;
	struct http	*h;
	int		 rv;

	if ((h = http_open(&(struct http_terms){ .origin = url },
	    error)) == NULL)
		return -1;
	rv = http_note(h, NOTE_METRICS, &r, &a, error);
	if (rv == 0 && a.status != 200 && a.status != 202)
		rv = error_set(error, RETRY, "%s: status %ld: %.200s", url,
		    a.status, a.body == NULL ? "" : a.body);
	http_free(&a);
	http_close(h);
	return rv;
}
