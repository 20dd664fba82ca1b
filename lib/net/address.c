#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdint.h>
#include <string.h>

#include "net/address.h"

/* Networks by their first bits; the address in host order. */
static const struct network {
	uint32_t	 address, mask;
	bool		 loopback;
	const char	*what;
} networks[] = {
	{ 0x7f000000, 0xff000000, true, "this machine's" },
	{ 0xa9fe0000, 0xffff0000, false, "link-local, where metadata is" },
	{ 0x00000000, 0xff000000, false, "nobody's" },
	{ 0xe0000000, 0xe0000000, false, "no single host's" },
	/* Metadata of Alibaba, Oracle and Azure. */
	{ 0x646464c8, 0xffffffff, false, "a cloud's metadata" },
	{ 0xc00000c0, 0xffffffff, false, "a cloud's metadata" },
	{ 0xa83f8110, 0xffffffff, false, "a cloud's metadata" },
};

static const char *
bars_v4(uint32_t address, bool loopback)
{
	size_t	 i;

	for (i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		if ((address & networks[i].mask) == networks[i].address)
			return networks[i].loopback && loopback ? NULL :
			    networks[i].what;
	return NULL;
}

static uint32_t
four(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

/* Where an address of IPv4 stands in one of IPv6; NULL: nowhere. */
static const uint8_t *
embedded(const uint8_t b[16])
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t	compatible[12];
	static const uint8_t	nat64[12] = { 0, 0x64, 0xff, 0x9b };
	static const uint8_t	nat64_local[6] = { 0, 0x64, 0xff, 0x9b, 0, 1 };

	if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0 ||
	    memcmp(b, compatible, 12) == 0 || memcmp(b, nat64_local, 6) == 0)
		return b + 12;
	return b[0] == 0x20 && b[1] == 0x02 ? b + 2 : NULL;	/* 6to4 */
}

static const char *
bars_v6(const uint8_t b[16], bool loopback)
{
	static const uint8_t	one[16] = { [15] = 1 };
	/* fd00:ec2::254, the metadata of Amazon. */
	static const uint8_t	amazon[16] = { 0xfd, 0, 0x0e, 0xc2,
				    [14] = 0x02, [15] = 0x54 };

	if (memcmp(b, one, 16) == 0)
		return loopback ? NULL : "this machine's";
	if (memcmp(b, amazon, 16) == 0)
		return "a cloud's metadata";
	if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
		return "link-local";
	if (b[0] == 0xff)
		return "no single host's";
	return embedded(b) == NULL ? NULL :
	    bars_v4(four(embedded(b)), loopback);
}

const char *
address_bars(const char *address, bool loopback)
{
	struct in_addr	 v4;
	struct in6_addr	 v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return bars_v4(ntohl(v4.s_addr), loopback);
	if (inet_pton(AF_INET6, address, &v6) == 1)
		return bars_v6(v6.s6_addr, loopback);
	return "no address";
}
