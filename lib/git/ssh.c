#include <netinet/in.h>

#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "git/exchange.h"
#include "git/heads.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "git/ssh.h"
#include "net/journal.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/signals.h"

#define KEY_CEILING	((size_t)64 << 10)	/* bytes of a private key */
#define HEAD		200	/* of a key in base64: its type is in it; a
				   multiple of 4 */
#define OWN_REFS	"refs/modelsync/"	/* what the cache has whole */
#define DONE		200	/* of an exchange in the journal */

struct ssh {
	struct ssh_terms	 terms;
	/* What went wrong in a callback: libgit2 has only its own words. */
	struct error		 trouble;
	bool			 troubled, tried;
	bool			 stale;	/* a ref of the cache is locked */
	/* Of a push. */
	const struct push	*push;
	const char		*refused;	/* by the server; NULL */
};

/* The type stands in the clear, near the beginning (PROTOCOL.key). */
static bool
is_openssh_rsa(const char *text)
{
	static const char	 begin[] = "BEGIN OPENSSH PRIVATE KEY-----";
	static const char	 rsa[] = "\0\0\0\7ssh-rsa";
	unsigned char		 data[HEAD];
	char			 head[HEAD + 1];
	size_t			 len = 0;
	int			 n;

	if ((text = strstr(text, begin)) == NULL)
		return false;
	for (text += sizeof(begin) - 1; *text != '\0' && len < HEAD; text++)
		if (*text != '\n' && *text != '\r')
			head[len++] = *text;
	head[len] = '\0';
	n = b64_pton(head, data, sizeof(data));
	explicit_bzero(head, sizeof(head));
	return n > 0 && memmem(data, (size_t)n, rsa, sizeof(rsa) - 1) !=
	    NULL;
}

/* libssh2 1.10 signs with ssh-rsa (SHA-1), which servers do not take now. */
static int
check_key(const char *path, struct error *error)
{
	struct bytes	 b;
	int		 rv;

	if ((rv = bytes_read(path, KEY_CEILING, &b, error)) == 1)
		return error_set(error, BROKEN, "%s: no such file, expected "
		    "a private key", path);
	if (rv == -1)
		return -1;
	rv = strstr(b.data, "BEGIN RSA PRIVATE KEY") != NULL ||
	    is_openssh_rsa(b.data);
	explicit_bzero(b.data, b.len);
	bytes_free(&b);
	return rv == 0 ? 0 : error_set(error, BROKEN, "%s: an RSA key, which "
	    "would be used with SHA-1 and refused: make one of ed25519 with "
	    "ssh-keygen -t ed25519", path);
}

struct ssh *
ssh_open(const struct ssh_terms *terms, struct error *error)
{
	struct ssh	*s = keep(sizeof(*s));

	s->terms = *terms;
	if (terms->key == NULL) {
		error_set(error, BROKEN, "%s: expected keyFile, the private "
		    "key for it", terms->url);
		return NULL;
	}
	return check_key(terms->key, error) == -1 ? NULL : s;
}

bool
ssh_is_stale(const struct ssh *s)
{
	return s->stale;
}

const char *
ssh_url(const struct ssh *s)
{
	return s->terms.url;
}

static int
trouble(struct ssh *s, enum verdict verdict, const char *why)
{
	if (!s->troubled)
		error_set(&s->trouble, verdict, "%s: %s", s->terms.url, why);
	s->troubled = true;
	git_error_set_str(GIT_ERROR_SSH, why);
	return GIT_EUSER;
}

static int
on_credentials(git_credential **credential, const char *url,
    const char *user, unsigned allowed, void *arg)
{
	struct ssh	*s = arg;

	(void)url;
	if (user == NULL)
		return trouble(s, BROKEN, "no user in the URL, expected "
		    "ssh://USER@HOST/PATH");
	if ((allowed & GIT_CREDENTIAL_SSH_KEY) == 0)
		return allowed & GIT_CREDENTIAL_USERNAME ?
		    git_credential_username_new(credential, user) :
		    trouble(s, BROKEN, "the server takes no keys");
	if (s->tried)
		return trouble(s, BROKEN, keepf("the server does not accept "
		    "the key %s for %s; is it a deploy key there?",
		    s->terms.key, user));
	s->tried = true;
	return git_credential_ssh_key_new(credential, user, NULL,
	    s->terms.key, NULL);
}

/* A raw host key as known_hosts has it, without its type. */
static const char *
key_text(const git_cert_hostkey *k)
{
	size_t	 size = k->hostkey_len * 2 + 4;
	char	*text = keep(size);

	if (b64_ntop((const unsigned char *)k->hostkey, k->hostkey_len, text,
	    size) == -1)
		return "";
	return text;
}

static int
on_certificate(git_cert *cert, int valid, const char *host, void *arg)
{
	struct ssh		*s = arg;
	git_cert_hostkey	*k = (git_cert_hostkey *)cert;
	const char		*wanted = s->terms.host_key, *base;

	(void)host;
	if (wanted == NULL)
		return valid ? 0 : trouble(s, BROKEN, "the server's key is "
		    "not the one in ~/.ssh/known_hosts, or none is there: "
		    "name it with hostKey");
	if (cert->cert_type != GIT_CERT_HOSTKEY_LIBSSH2 ||
	    (k->type & GIT_CERT_SSH_RAW) == 0)
		return trouble(s, BROKEN, "the server shows no key");
	base = strrchr(wanted, ' ');
	base = base == NULL ? wanted : base + 1;
	if (strcmp(base, key_text(k)) == 0)
		return 0;
	return trouble(s, BROKEN, keepf("the server's key is not that of "
	    "hostKey: it shows %s; somebody may be in between", key_text(k)));
}

/* Told to end: nothing that takes long goes on. */
static int
on_progress(const git_indexer_progress *progress, void *arg)
{
	(void)progress;
	return signals_stopping() ? trouble(arg, RETRY, "told to end") : 0;
}

static int
on_update(const char *ref, const char *status, void *arg)
{
	struct ssh	*s = arg;

	(void)ref;
	if (status != NULL)
		s->refused = exchange_words(status, strlen(status));
	return 0;
}

/* What the server is told that the ref is: it must be what was seen. */
static int
on_negotiation(const git_push_update **updates, size_t n, void *arg)
{
	struct ssh	*s = arg;
	git_oid		 was = { { 0 } };

	if (s->push->was != NULL)
		git_oid_fromstr(&was, s->push->was);
	if (n == 1 && git_oid_equal(&updates[0]->src, &was))
		return 0;
	return trouble(s, RETRY, keepf("refs/heads/%s is no longer %s: "
	    "somebody moved it meanwhile, nothing was changed",
	    s->push->branch, s->push->was == NULL ? "absent" :
	    s->push->was));
}

static void
set_callbacks(struct ssh *s, git_remote_callbacks *c)
{
	git_remote_init_callbacks(c, GIT_REMOTE_CALLBACKS_VERSION);
	c->credentials = on_credentials;
	c->certificate_check = on_certificate;
	c->transfer_progress = on_progress;
	c->push_update_reference = on_update;
	c->push_negotiation = on_negotiation;
	c->payload = s;
	s->tried = s->troubled = false;
}

static int
failed(struct ssh *s, struct error *error)
{
	const git_error	*e = git_error_last();

	if (s->troubled) {
		*error = s->trouble;
		return -1;
	}
	return error_set(error, RETRY, "%s: %s", s->terms.url,
	    e == NULL ? "it does not answer" : exchange_words(e->message,
	    strlen(e->message)));
}

static long
milliseconds(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

static void
note_refs(const git_remote_head **ref, size_t nrefs, struct heads *h)
{
	const char	*name;
	size_t		 i;

	heads_clear(h);
	for (i = 0; i < nrefs; i++) {
		name = ref[i]->name;
		if (strncmp(name, HEADS, strlen(HEADS)) == 0)
			heads_note(h, name + strlen(HEADS),
			    strlen(name + strlen(HEADS)), &ref[i]->oid);
	}
}

/* The next time, only what is behind these is fetched. */
static int
remember(git_repository *git, const char *branch, const git_oid *oid)
{
	git_reference	*ref = NULL;
	int		 rc;

	rc = git_reference_create(&ref, git, keepf(OWN_REFS "%s", branch),
	    oid, 1, NULL);
	git_reference_free(ref);
	return rc;
}

static int
download(struct ssh *s, git_remote *remote, git_repository *git,
    const struct heads *h)
{
	const struct head	*head = h->head;
	git_fetch_options	 options;
	char			**spec = keep((h->n + 1) * sizeof(*spec));
	git_strarray		 specs = { spec, 0 };
	size_t			 i;
	int			 rc = 0;

	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	set_callbacks(s, &options.callbacks);
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	for (i = 0; i < h->n; i++)
		if (!git_oid_is_zero(&head[i].at))
			spec[specs.count++] = keepf("+" HEADS "%s:"
			    OWN_REFS "%s", head[i].name, head[i].name);
	if (specs.count > 0)
		rc = git_remote_download(remote, &specs, &options);
	for (i = 0; i < h->n && rc == 0; i++)
		if (!git_oid_is_zero(&head[i].at) &&
		    remember(git, head[i].name, &head[i].at) < 0)
			s->stale = true;
	return rc;
}

/* Whether all is there, with what is behind it. */
static bool
has_all(git_repository *git, const struct heads *h)
{
	git_oid	 at;
	size_t	 i;

	for (i = 0; i < h->n; i++)
		if (!git_oid_is_zero(&h->head[i].at) &&
		    (git_reference_name_to_id(&at, git, keepf(OWN_REFS "%s",
		    h->head[i].name)) < 0 ||
		    !git_oid_equal(&at, &h->head[i].at)))
			return false;
	return true;
}

int
ssh_look(struct ssh *s, git_repository *git, struct heads *h,
    struct error *error)
{
	git_remote_callbacks	 callbacks;
	git_remote		*remote;
	const git_remote_head	**ref;
	size_t			 nrefs;
	long			 began = milliseconds();
	int			 rc;

	if (git_remote_create_anonymous(&remote, git, s->terms.url) < 0)
		return libgit_error(error, "%s", s->terms.url);
	set_callbacks(s, &callbacks);
	rc = git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, NULL,
	    NULL);
	if (rc == 0)
		rc = git_remote_ls(&ref, &nrefs, remote);
	if (rc == 0) {
		note_refs(ref, nrefs, h);
		if (!has_all(git, h))
			rc = download(s, remote, git, h);
	}
	journal_add("FETCH", s->terms.url, rc == 0 ? DONE : 0,
	    milliseconds() - began);
	if (rc != 0)
		failed(s, error);
	git_remote_free(remote);
	return rc == 0 ? 0 : -1;
}

static int
refused(const struct ssh *s, struct error *error)
{
	bool	 moved = strstr(s->refused, "failed to update ref") != NULL ||
		    strstr(s->refused, "failed to lock") != NULL ||
		    strstr(s->refused, "already exists") != NULL;

	return error_set(error, moved ? RETRY : BROKEN, "%s: the push of "
	    "refs/heads/%s was refused: %s%s", s->terms.url, s->push->branch,
	    s->refused, exchange_remedy(s->refused));
}

/* Two branches may move; the ref that is sent has to be there for that. */
static int
push_spec(git_repository *git, const struct push *push, char **spec,
    struct error *error)
{
	git_oid	 oid;

	*spec = keepf(":refs/heads/%s", push->branch);
	if (push->to == NULL)
		return 0;
	if (libgit_oid(push->to, &oid, error) == -1)
		return -1;
	if (remember(git, "push", &oid) < 0)
		return libgit_error(error, "a ref in the cache");
	*spec = keepf("+" OWN_REFS "push:refs/heads/%s", push->branch);
	return 0;
}

int
ssh_push(struct ssh *s, struct guard *guard, git_repository *git,
    const struct push *push, struct error *error)
{
	git_push_options	 options;
	git_remote		*remote;
	char			*spec;
	git_strarray		 specs = { &spec, 1 };
	long			 began = milliseconds();
	int			 rc;

	if (s->terms.dry)
		return error_set(error, BROKEN, "a dry run sends nothing");
	s->push = push;
	s->refused = NULL;
	git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
	set_callbacks(s, &options.callbacks);
	if (push_spec(git, push, &spec, error) == -1)
		return -1;
	if (git_remote_create_anonymous(&remote, git, s->terms.url) < 0)
		return libgit_error(error, "%s", s->terms.url);
	if (guard_spend(guard, error) == -1) {
		git_remote_free(remote);
		return -1;
	}
	guard_doubt(guard, true);
	rc = git_remote_push(remote, &specs, &options);
	/* What a callback refused, and what the server did, is known. */
	guard_doubt(guard, rc != 0 && !s->troubled && s->refused == NULL);
	journal_add("PUSH", s->terms.url, rc == 0 ? DONE : 0,
	    milliseconds() - began);
	if (rc != 0 && s->refused == NULL)
		failed(s, error);
	else if (s->refused != NULL)
		rc = refused(s, error);
	git_remote_free(remote);
	return rc == 0 ? 0 : -1;
}
