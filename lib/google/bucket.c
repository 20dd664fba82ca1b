#include <sys/types.h>
#include <netinet/in.h>

#include <md5.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "google/bucket.h"
#include "google/google.h"
#include "google/operation.h"
#include "google/status.h"
#include "model/manifest.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"

#define LAST		"/manifest.json"
#define METADATA	"manifest"
#define PAGE		"1000"

void
bucket_parse(const char *url, struct bucket *b)
{
	const char	*name = url + strlen("gs://");
	size_t		 len = strcspn(name, "/");

	b->name = keep_copy(name, len);
	b->folder = name[len] == '\0' ? "" : keepf("%s/", name + len + 1);
}

const char *
bucket_url(const struct bucket *b, const char *path)
{
	return keepf("gs://%s/%s%s", b->name, b->folder, path);
}

const char *
bucket_mount(const struct bucket *b, const char *path)
{
	return keepf("/gcs/%s/%s%s", b->name, b->folder, path);
}

static const char *
object_path(const struct bucket *b, const char *path)
{
	return keepf("/storage/v1/b/%s/o/%s", b->name,
	    google_quote(keepf("%s%s", b->folder, path)));
}

struct look
bucket_look_manifests(const struct bucket *b)
{
	return (struct look){ .service = STORAGE, .member = "items",
	    .path = keepf("/storage/v1/b/%s/o?matchGlob=%s&maxResults=" PAGE
	    "&fields=items(name,metadata),nextPageToken", b->name,
	    google_quote(keepf("%s*/*" LAST, b->folder))),
	    .what = keepf("manifests in gs://%s/%s", b->name, b->folder) };
}

struct look
bucket_look_objects(const struct bucket *b, const char *path)
{
	return (struct look){ .service = STORAGE, .member = "items",
	    .path = keepf("/storage/v1/b/%s/o?prefix=%s&maxResults=" PAGE
	    "&fields=items(name,size),nextPageToken", b->name,
	    google_quote(keepf("%s%s", b->folder, path))),
	    .what = keepf("objects in gs://%s/%s%s", b->name, b->folder,
	    path) };
}

/* "<folder>/<generation>/manifest.json" below the bucket's folder. */
static int
split(const struct bucket *b, const char *name, const char **folder,
    const char **generation)
{
	size_t	 cut = strlen(b->folder), len, n;

	if (strncmp(name, b->folder, cut) != 0)
		return 1;
	name += cut;
	len = strcspn(name, "/");
	*folder = keep_copy(name, len);
	if (name[len] == '\0' || (strcmp(*folder, "datasets") != 0 &&
	    strcmp(*folder, "models") != 0 && strcmp(*folder, "failed") != 0))
		return 1;
	name += len + 1;
	n = strcspn(name, "/");
	*generation = keep_copy(name, n);
	return strcmp(name + n, LAST) == 0 ? 0 : 1;
}

int
bucket_manifest(const struct bucket *b, json_t *object, const char **folder,
    struct manifest *m, struct error *error)
{
	const char	*name = google_text(object, "name"), *text;
	const char	*generation, *where;

	if (name == NULL)
		return error_set(error, RETRY, "gs://%s: an object without a "
		    "name", b->name);
	if (split(b, name, folder, &generation) != 0)
		return 1;
	where = keepf("gs://%s/%s", b->name, name);
	text = google_text(json_object_get(object, "metadata"), METADATA);
	if (text == NULL)
		return error_set(error, BROKEN, "%s: without the metadata "
		    "\"" METADATA "\"; it was not written by this program or "
		    "not copied whole: move it away", where);
	if (manifest_parse(text, strlen(text), where, m, error) == -1)
		return -1;
	if (strcmp(m->generation, generation) != 0)
		return error_set(error, BROKEN, "%s: names generation %s; "
		    "move it away", where, m->generation);
	return 0;
}

/* Whether bytes are those that the service has: by size and MD5. */
static int
compare(const struct answer *media, const struct answer *meta,
    const char *what, struct error *error)
{
	json_t		*json = http_json(meta, error);
	const char	*md5 = google_text(json, "md5Hash");
	unsigned char	 digest[MD5_DIGEST_LENGTH];
	char		 text[MD5_DIGEST_LENGTH * 2];
	MD5_CTX		 ctx;

	if (json == NULL)
		return error_in(error, "%s", what);
	MD5Init(&ctx);
	MD5Update(&ctx, (const uint8_t *)media->body, media->len);
	MD5Final(digest, &ctx);
	if (md5 == NULL || b64_ntop(digest, sizeof(digest), text,
	    sizeof(text)) == -1 || strcmp(text, md5) != 0 ||
	    google_count(json, "size") != (long)media->len)
		return error_set(error, RETRY, "%s: what came is not what is "
		    "there, by its md5Hash", what);
	return 0;
}

/* Both answers tell the same, or nothing is known. */
static int
judge(const struct answer *media, const struct answer *meta,
    const char *what, const char *account, struct error *error)
{
	if (media->status == 404 && meta->status == 404)
		return 1;
	if (media->status == 200 && meta->status == 200)
		return compare(media, meta, what, error);
	if (media->status == 200 || media->status == 404)
		media = meta;
	return media->status == 404 || media->status == 200 ?
	    error_set(error, RETRY, "%s: there and not there at once",
	    what) : status_error(media, what, account, error);
}

int
bucket_read(struct google *g, const struct bucket *b, const char *path,
    struct bytes *bytes, struct error *error)
{
	const char	*object = object_path(b, path);
	struct fetch	 f[] = {
		{ .path = keepf("%s?alt=media", object) },
		{ .path = keepf("%s?fields=md5Hash,size", object) }
	};
	struct answer	*media = &f[0].answer;
	struct http	*h;
	int		 rv;

	*bytes = (struct bytes){ .data = NULL };
	if ((h = google_server(g, STORAGE, error)) == NULL)
		return -1;
	rv = http_gather(h, f, 2, error);
	if (rv == 0)
		rv = judge(media, &f[1].answer, bucket_url(b, path),
		    google_account(g), error);
	if (rv == 0) {
		bytes->data = media->body;
		bytes->len = media->len;
		media->body = NULL;
		if (bytes->data == NULL && (bytes->data = calloc(1, 1)) == NULL)
			rv = error_set(error, RETRY, "out of memory");
	}
	http_free(media);
	http_free(&f[1].answer);
	return rv;
}

/* The manifest as metadata: without what grows with the labels. */
static json_t *
metadata_of(const struct manifest *m, struct error *error)
{
	struct manifest	 short_one = *m;
	struct bytes	 b;
	json_t		*json;

	short_one.labels = keep_json(json_object());
	if (manifest_text(&short_one, &b, error) == -1)
		return NULL;
	json = keep_json(json_pack("{ss#}", METADATA, b.data,
	    (int)b.len - 1));
	bytes_free(&b);
	return json;
}

/*
 * Metadata and content in one request (multipart/related, RFC 2387).  The
 * boundary is a hash of the content, which cannot have itself in it.
 */
static const char *
multipart(const char *name, json_t *metadata, const struct bytes *b,
    const char **type)
{
	const char	*boundary = hash_bytes(b->data, b->len);
	const char	*head = keep_dump(keep_json(json_pack("{ss ss sO}",
			    "name", name, "contentType", "application/json",
			    "metadata", metadata)));
	const char	*body;

	body = keepf("--%s\r\nContent-Type: application/json; "
	    "charset=UTF-8\r\n\r\n%s\r\n--%s\r\nContent-Type: "
	    "application/json\r\n\r\n%.*s\r\n--%s--\r\n", boundary,
	    head, boundary, (int)b->len, b->data,
	    boundary);
	*type = keepf("multipart/related; boundary=%s", boundary);
	return body;
}

int
bucket_write_manifest(struct google *g, struct guard *guard,
    const struct bucket *b, const char *folder, const struct manifest *m,
    struct error *error)
{
	const char	*name = keepf("%s%s/%s" LAST, b->folder, folder,
			    m->generation);
	const char	*what = keepf("gs://%s/%s", b->name, name);
	const char	*body, *type, *stored;
	struct bytes	 bytes;
	json_t		*metadata, *json;
	int		 rv;

	if ((metadata = metadata_of(m, error)) == NULL ||
	    manifest_text(m, &bytes, error) == -1)
		return -1;
	body = multipart(name, metadata, &bytes, &type);
	bytes_free(&bytes);
	rv = google_write(g, guard, &(struct writing){ .service = STORAGE,
	    .what = what,
	    .request = &(struct request){ .method = "POST",
	    .path = keepf("/upload/storage/v1/b/%s/o?uploadType=multipart"
	    "&ifGenerationMatch=0", b->name), .type = type, .body = body,
	    .len = strlen(body) } }, &json, error);
	return rv != 0 ? rv : operation_name(guard, json, what, &stored,
	    error);
}
