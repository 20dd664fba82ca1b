/*
 * Any bytes as the state of a Lease: what is read can be taken or closed,
 * and the next run reads what that wrote.
 */

#include "folder.h"

#include "fuzz/fuzz.h"
#include "run/lease.h"
#include "run/leaselog.h"

#define NOW	1700000000	/* 2023-11-14 */

static struct lease *
lease(struct error *error)
{
	struct lease_terms	 terms = { .directory = folder, .tool = "t",
				    .model = "m", .now = NOW };

	return lease_read(&terms, error);
}

/* The log as JSON is the same when it is read and written again. */
static void
check_log(const struct log *log)
{
	struct log	 again = { .noutcomes = 0 };
	struct error	 error = { .text = "" };
	json_t		*json = leaselog_encode(log), *twice;

	MUST(json != NULL);
	keep_json(json);
	MUST(leaselog_decode(json, &again, &error) == 0);
	MUST((twice = leaselog_encode(&again)) != NULL);
	MUST(json_equal(json, keep_json(twice)));
}

/* One step of the next run; what it writes must be readable. */
static void
step(struct lease *l)
{
	struct intent	 intent = { .verb = "train", .target = "t",
			    .stem = "s", .base = "", .document = "",
			    .at = NOW, .duration = 60 };
	struct error	 error = { .text = "" };
	struct guard	*guard;
	const struct log *log;

	if (lease_log(l)->intent != NULL)
		MUST(lease_close(l, "lost", NULL, &error) == 0);
	else {
		MUST(lease_take(l, &intent, &guard, &error) == 0);
		MUST(lease_drop(guard, "failed", "x", &error) == 0);
	}
	MUST((l = lease(&error)) != NULL);
	log = lease_log(l);
	MUST(log->intent == NULL && log->noutcomes > 0);
	MUST(strcmp(log->outcome[log->noutcomes - 1].result, "lost") == 0 ||
	    log->failures > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lease	*l;
	struct error	 error = { .text = "" };
	bool		 overdue;

	if (folder[0] == '\0') {
		folder_begin();
		atexit(folder_end);
	}
	folder_write("t-m.json", data, size);
	if ((l = lease(&error)) == NULL)
		MUST(error.verdict == BROKEN || error.verdict == RETRY);
	else {
		MUST(lease_holder(l, &overdue) == NULL && !overdue);
		check_log(lease_log(l));
		step(l);
	}
	keep_drop();
	return 0;
}
