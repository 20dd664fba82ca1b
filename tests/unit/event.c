/*
 * Events of Kubernetes: what is written, and what is no Event at all.
 */

#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "kube/event.h"
#include "run/keep.h"
#include "test.h"

#define NOW	1790000000L	/* 2026-09-21T14:13:20Z */
#define UID	"3f2a"

static struct kube_event	event;

static void
fresh(const char *name)
{
	test(name);
	event = (struct kube_event){ .cronjob = "train-issues",
	    .tool = "train-model", .verb = "train",
	    .note = "train models/g: the dataset is there", .at = NOW };
}

static json_t *
encoded(void)
{
	return keep_json(kube_event_encode(&event, "ml", UID));
}

static const char *
member(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const char *
name(void)
{
	return member(json_object_get(encoded(), "metadata"), "name");
}

static void
form(void)
{
	json_t	*o, *r;

	fresh("an Event as events.k8s.io/v1 takes it");
	o = encoded();
	r = json_object_get(o, "regarding");
	CHECK_STR(member(o, "apiVersion"), "events.k8s.io/v1");
	CHECK_STR(member(o, "kind"), "Event");
	CHECK_STR(member(o, "eventTime"), "2026-09-21T14:13:20.000000Z");
	CHECK_STR(member(o, "reportingController"),
	    "modelsync.dev/train-model");
	CHECK(member(o, "reportingInstance")[0] != '\0');
	CHECK_STR(member(o, "action"), "Train");
	CHECK_STR(member(o, "reason"), "SuccessfulTrain");
	CHECK_STR(member(o, "type"), "Normal");
	CHECK_STR(member(o, "note"), event.note);
	CHECK(json_object_size(o) == 11);
	CHECK_STR(member(r, "apiVersion"), "batch/v1");
	CHECK_STR(member(r, "kind"), "CronJob");
	CHECK_STR(member(r, "namespace"), "ml");
	CHECK_STR(member(r, "name"), "train-issues");
	CHECK_STR(member(r, "uid"), UID);
	r = json_object_get(o, "metadata");
	CHECK_STR(member(r, "namespace"), "ml");
	CHECK(strncmp(name(), "train-issues.", 13) == 0 &&
	    strlen(name()) == 33);

	fresh("a failure is a Warning; reasons are camels");
	event.failed = true;
	CHECK_STR(member(encoded(), "reason"), "FailedTrain");
	CHECK_STR(member(encoded(), "type"), "Warning");
	event.verb = NULL;
	CHECK_STR(member(encoded(), "reason"), "FailedRun");
	CHECK_STR(member(encoded(), "action"), "Run");
	event.verb = "open-request";
	CHECK_STR(member(encoded(), "action"), "OpenRequest");
}

static void
notes(void)
{
	char		*large = keep(3001);
	const char	*note;

	fresh("a note of 1024 bytes at most, cut between two characters");
	memset(large, 'n', 3000);
	memcpy(large + 1022, "\xe2\x82\xac", 3);
	event.note = large;
	note = member(encoded(), "note");
	CHECK(note != NULL && strlen(note) == 1022);
	memset(large + 1022, 'n', 3);
	CHECK(strlen(member(encoded(), "note")) == 1024);

	fresh("a note from outside: controls and bytes that are no UTF-8");
	event.note = "\xff\x1b[2J\n";
	CHECK_STR(member(encoded(), "note"), "\\xff\\x1b[2J\\n");
}

static void
series(void)
{
	const char	*first;
	json_t		*o;

	fresh("the same Event has the same name, whenever it is");
	first = name();
	event.at += 60;
	CHECK_STR(name(), first);
	event.note = "another";
	CHECK(strcmp(name(), first) != 0);
	fresh("another uid, reason or action is another Event");
	event.failed = true;
	CHECK(strcmp(name(), first) != 0);
	CHECK(strcmp(member(json_object_get(keep_json(kube_event_encode(
	    &event, "ml", "other")), "metadata"), "name"), name()) != 0);

	test("one more of an Event makes a series, and then adds to it");
	o = keep_json(kube_event_again(encoded(), NOW));
	CHECK(json_equal(o, keep_json(json_pack("{s{si ss}}", "series",
	    "count", 2, "lastObservedTime",
	    "2026-09-21T14:13:20.000000Z"))));
	o = keep_json(kube_event_again(keep_json(json_pack("{s{si}}",
	    "series", "count", 7)), NOW));
	CHECK(json_integer_value(json_object_get(json_object_get(o,
	    "series"), "count")) == 8);

	test("a series that makes no sense begins anew");
	o = keep_json(kube_event_again(keep_json(json_pack("{s{ss}}",
	    "series", "count", "many")), NOW));
	CHECK(json_integer_value(json_object_get(json_object_get(o,
	    "series"), "count")) == 2);
	o = keep_json(kube_event_again(keep_json(json_pack("{s{sI}}",
	    "series", "count", (json_int_t)1 << 40)), NOW));
	CHECK(json_integer_value(json_object_get(json_object_get(o,
	    "series"), "count")) == 2147483647);
}

static void
names(void)
{
	test("what can be the name of a CronJob");
	CHECK(kube_event_names("train-issues"));
	CHECK(kube_event_names("a"));
	CHECK(kube_event_names("a.b-0"));
	CHECK(!kube_event_names(""));
	CHECK(!kube_event_names("../leases/x"));
	CHECK(!kube_event_names("a/b"));
	CHECK(!kube_event_names("a..b"));
	CHECK(!kube_event_names("-a"));
	CHECK(!kube_event_names("a-"));
	CHECK(!kube_event_names("A"));
	CHECK(!kube_event_names("a?b"));
	CHECK(!kube_event_names("a234567890123456789012345678901234567890"
	    "1234567890123"));
}

int
main(void)
{
	form();
	notes();
	series();
	names();
	return test_end();
}
