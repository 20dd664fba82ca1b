#include "model/config.h"
#include "run/error.h"
#include "run/lease.h"
#include "run/leaseterms.h"
#include "test.h"

static struct config	 config;

static long
longest(void)
{
	struct lease_terms	 t = { .directory = NULL };
	struct error		 error;

	config.lease = "leases";
	return lease_terms(&config, 50, &t, &error) == 0 ? t.longest : -1;
}

int
main(void)
{
	test("the longest step is the one that runs a program");
	CHECK(longest() == 50 + LEASE_MARGIN);
	config.training_deadline = 600;
	CHECK(longest() == 50 + LEASE_MARGIN + 600);
	config.hydrate.deadline = 700;
	CHECK(longest() == 50 + LEASE_MARGIN + 600);
	config.hydrate.given = true;
	CHECK(longest() == 50 + LEASE_MARGIN + 700);

	test("a Lease made anew waits until what was begun is listed");
	config = (struct config){ .automl = true, .cloud.settle = 900 };
	CHECK(longest() == 50 + LEASE_MARGIN + 900);
	config.automl = false;
	config.vertex = true;
	CHECK(longest() == 50 + LEASE_MARGIN + 900);
	config.vertex = false;
	CHECK(longest() == 50 + LEASE_MARGIN);
	return test_end();
}
