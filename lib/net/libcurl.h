/*
 * libcurl, loaded when the first exchange is made: with the thirty libraries
 * behind it it costs every process 5 ms and 6 MiB, and a run under a file
 * Lease makes none.
 */

#ifndef NET_LIBCURL_H
#define NET_LIBCURL_H

#include <curl/curl.h>

/* Named as in libcurl's own manual, without "curl_". */
struct libcurl {
	__typeof__(curl_global_init_mem)	*global_init_mem;
	__typeof__(curl_getdate)		*getdate;
	CURL	*(*easy_init)(void);
	void	 (*easy_cleanup)(CURL *);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	__typeof__(curl_easy_strerror)		*easy_strerror;
	__typeof__(curl_slist_append)		*slist_append;
	__typeof__(curl_slist_free_all)		*slist_free_all;
	__typeof__(curl_multi_init)		*multi_init;
	CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
	__typeof__(curl_multi_add_handle)	*multi_add_handle;
	__typeof__(curl_multi_remove_handle)	*multi_remove_handle;
	__typeof__(curl_multi_perform)		*multi_perform;
	__typeof__(curl_multi_poll)		*multi_poll;
	__typeof__(curl_multi_info_read)	*multi_info_read;
};

/* NULL when it cannot be loaded, with the loader's reason at *why. */
const struct libcurl	*libcurl_load(const char **why)
			    __attribute__((nonnull));

#endif
