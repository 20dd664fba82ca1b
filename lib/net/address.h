/*
 * Addresses that a URL from outside must not lead to.
 */

#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>

/*
 * What an address (text of inet_ntop(3)) is that must not be asked: this
 * machine's, unless that is allowed, link-local, a cloud's metadata, nobody's
 * or of many, also inside of one of IPv6.  NULL: nothing of that.
 */
const char	*address_bars(const char *address, bool loopback)
		    __attribute__((nonnull));

#endif
