#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "net/libcurl.h"

#define FILE_NAME	"libcurl.so.4"	/* the ABI the headers are for */

static struct libcurl	table;

#define AT(member)	{ "curl_" #member, offsetof(struct libcurl, member) }

static const struct {
	const char	*name;
	size_t		 at;
}	symbols[] = {
	AT(global_init_mem), AT(getdate), AT(easy_init), AT(easy_cleanup),
	AT(easy_setopt), AT(easy_getinfo), AT(easy_strerror),
	AT(slist_append), AT(slist_free_all), AT(multi_init),
	AT(multi_setopt), AT(multi_add_handle), AT(multi_remove_handle),
	AT(multi_perform), AT(multi_poll), AT(multi_info_read)
};

_Static_assert(sizeof(symbols) / sizeof(symbols[0]) * sizeof(void *) ==
    sizeof(struct libcurl), "every member has its symbol");

const struct libcurl *
libcurl_load(const char **why)
{
	static bool	 loaded;
	void		*library, *symbol;
	size_t		 i;

	if (loaded)
		return &table;
	if ((library = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL)) == NULL) {
		*why = dlerror();
		return NULL;
	}
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if ((symbol = dlsym(library, symbols[i].name)) == NULL) {
			*why = dlerror();
			return NULL;
		}
		/* As POSIX has it done: functions are no objects in C. */
		memcpy((char *)&table + symbols[i].at, &symbol,
		    sizeof(symbol));
	}
	loaded = true;
	return &table;
}
