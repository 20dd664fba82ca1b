/*
 * A folder of Cloud Storage as a store of datasets and models: it has the
 * form of the directory (model/store.h), and each entry of it appears by one
 * write of its manifest.json, which never replaces anything.  Manifests
 * stand in the objects' metadata as well, so that one list tells them all.
 */

#ifndef GOOGLE_BUCKET_H
#define GOOGLE_BUCKET_H

#include <stddef.h>

#include <jansson.h>

struct bytes;
struct error;
struct google;
struct guard;
struct look;
struct manifest;

struct bucket {
	const char	*name;
	const char	*folder;	/* "" or "a/b/" */
};

/* The parts of gs://NAME/FOLDER, which has the form of the document's. */
void		 bucket_parse(const char *url, struct bucket *)
		    __attribute__((nonnull));

/* gs://NAME/FOLDER/path and /gcs/NAME/FOLDER/path; kept for the run. */
const char	*bucket_url(const struct bucket *, const char *path)
		    __attribute__((nonnull));
const char	*bucket_mount(const struct bucket *, const char *path)
		    __attribute__((nonnull));

/* The list of all manifests, for google_look(). */
struct look	 bucket_look_manifests(const struct bucket *)
		    __attribute__((nonnull));

/* The list of the objects whose names begin with a path. */
struct look	 bucket_look_objects(const struct bucket *, const char *path)
		    __attribute__((nonnull));

/*
 * One item of that list: in which folder ("datasets", "models", "failed") it
 * stands, and what it says.  Returns 0; 1 when it is no manifest of a
 * generation; -1, BROKEN, when one is there that cannot be understood.
 */
int		 bucket_manifest(const struct bucket *, json_t *object,
		    const char **folder, struct manifest *, struct error *)
		    __attribute__((nonnull));

/*
 * A file's bytes, at most as many as an answer may have, checked against the
 * service's own md5Hash.  The caller frees them.  Returns 0; 1 when there is
 * none; -1.
 */
int		 bucket_read(struct google *, const struct bucket *,
		    const char *path, struct bytes *, struct error *)
		    __attribute__((nonnull));

/*
 * Writes <folder>/<generation>/manifest.json, the one write of a run.
 * Returns as google_write() does.
 */
int		 bucket_write_manifest(struct google *, struct guard *,
		    const struct bucket *, const char *folder,
		    const struct manifest *, struct error *)
		    __attribute__((nonnull));

#endif
