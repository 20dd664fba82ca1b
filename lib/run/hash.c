#include <sys/types.h>

#include <sha2.h>
#include <string.h>

#include "run/hash.h"
#include "run/keep.h"

char *
hash_parts(size_t n, const char *const parts[])
{
	SHA2_CTX	 ctx;
	char		*hex = keep(HASH_TEXT);
	size_t		 i;

	SHA256Init(&ctx);
	for (i = 0; i < n; i++)
		SHA256Update(&ctx, (const uint8_t *)parts[i],
		    strlen(parts[i]) + (i + 1 < n));
	return SHA256End(&ctx, hex);
}

char *
hash_bytes(const void *data, size_t len)
{
	SHA2_CTX	 ctx;
	char		*hex = keep(HASH_TEXT);

	SHA256Init(&ctx);
	SHA256Update(&ctx, data, len);
	return SHA256End(&ctx, hex);
}
