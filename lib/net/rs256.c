#include <sys/types.h>
#include <netinet/in.h>

#include <dlfcn.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "net/rs256.h"
#include "run/error.h"

#define FILE_NAME	"libcrypto.so.3"	/* the headers' ABI */
#define SIGNATURE	2048	/* bytes, at most: 16384 bits */

/* Named as in OpenSSL's own manual. */
static struct crypto {
	__typeof__(BIO_new_mem_buf)		*bio_new_mem_buf;
	__typeof__(BIO_free)			*bio_free;
	__typeof__(PEM_read_bio_PrivateKey)	*read_private_key;
	__typeof__(EVP_PKEY_get_base_id)	*get_base_id;
	__typeof__(EVP_PKEY_free)		*pkey_free;
	__typeof__(EVP_MD_CTX_new)		*ctx_new;
	__typeof__(EVP_MD_CTX_free)		*ctx_free;
	__typeof__(EVP_sha256)			*sha256;
	__typeof__(EVP_DigestSignInit)		*sign_init;
	__typeof__(EVP_DigestSign)		*sign;
}	crypto;

static const char	*const symbols[] = {
	"BIO_new_mem_buf", "BIO_free", "PEM_read_bio_PrivateKey",
	"EVP_PKEY_get_base_id", "EVP_PKEY_free", "EVP_MD_CTX_new",
	"EVP_MD_CTX_free", "EVP_sha256", "EVP_DigestSignInit",
	"EVP_DigestSign"
};

_Static_assert(sizeof(symbols) / sizeof(symbols[0]) * sizeof(void *) ==
    sizeof(struct crypto), "every member has its symbol");

static int
load(struct error *error)
{
	static bool	 loaded;
	void		*library, *symbol;
	size_t		 i;

	if (loaded)
		return 0;
	library = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL);
	for (i = 0; library != NULL &&
	    i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if ((symbol = dlsym(library, symbols[i])) == NULL)
			break;
		/* As POSIX has it done: functions are no objects in C. */
		memcpy((char *)&crypto + i * sizeof(symbol), &symbol,
		    sizeof(symbol));
	}
	loaded = i == sizeof(symbols) / sizeof(symbols[0]);
	return loaded ? 0 : error_set(error, BROKEN, "libcrypto: %s",
	    dlerror());
}

char *
rs256_base64(const void *data, size_t len)
{
	size_t	 room = (len + 2) / 3 * 4 + 1;
	char	*text = malloc(room), *p;

	if (text == NULL || b64_ntop(data, len, text, room) == -1) {
		free(text);
		return NULL;
	}
	for (p = text; *p != '\0'; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
	}
	while (p > text && p[-1] == '=')
		*--p = '\0';
	return text;
}

/* An encrypted key is not asked a passphrase for. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

static EVP_PKEY *
read_key(const char *pem, struct error *error)
{
	BIO		*bio = crypto.bio_new_mem_buf(pem, -1);
	EVP_PKEY	*key = NULL;

	if (bio != NULL) {
		key = crypto.read_private_key(bio, NULL, no_passphrase,
		    NULL);
		crypto.bio_free(bio);
	}
	if (key == NULL)
		error_set(error, BROKEN, "no private key in PEM, expected "
		    "\"-----BEGIN PRIVATE KEY-----\" and what follows");
	else if (crypto.get_base_id(key) != EVP_PKEY_RSA) {
		error_set(error, BROKEN, "the private key is not RSA");
		crypto.pkey_free(key);
		key = NULL;
	}
	return key;
}

char *
rs256_sign(const char *pem, const char *text, size_t len,
    struct error *error)
{
	unsigned char	 signature[SIGNATURE];
	size_t		 n = sizeof(signature);
	EVP_PKEY	*key;
	EVP_MD_CTX	*ctx;
	char		*out = NULL;

	if (load(error) == -1 || (key = read_key(pem, error)) == NULL)
		return NULL;
	ctx = crypto.ctx_new();
	if (ctx != NULL && crypto.sign_init(ctx, NULL, crypto.sha256(), NULL,
	    key) == 1 && crypto.sign(ctx, signature, &n,
	    (const unsigned char *)text, len) == 1)
		out = rs256_base64(signature, n);
	if (out == NULL)
		error_set(error, BROKEN, "libcrypto could not sign");
	crypto.ctx_free(ctx);
	crypto.pkey_free(key);
	explicit_bzero(signature, sizeof(signature));
	return out;
}
