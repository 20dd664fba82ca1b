#include <ctype.h>

#include "kube/pod.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define LONGEST_NAME	63	/* of a namespace (RFC 1123 label) */

const char *
kube_pod_namespace(void)
{
	struct bytes	 b;
	struct error	 error;
	const char	*name;
	size_t		 n;

	if (bytes_read(POD_ACCOUNT "/namespace", LONGEST_NAME + 1, &b,
	    &error) != 0)
		return NULL;
	for (n = b.len; n > 0 && isspace((unsigned char)b.data[n - 1]); n--)
		continue;
	name = n == 0 ? NULL : keep_copy(b.data, n);
	bytes_free(&b);
	return name;
}
