/*
 * The forms of text in a Model document: what they look like and what they
 * are stored as (rules.h, struct form).
 */

#ifndef MODEL_FORMS_H
#define MODEL_FORMS_H

struct form;

extern const struct form
	form_name,	/* DNS label beginning with a letter; const char * */
	form_namespace,	/* of Kubernetes, a DNS label; const char * */
	form_result,	/* name of a result of Tekton; const char * */
	form_owner,	/* GitHub organisation or user; const char * */
	form_path,	/* in a repository, below its root; const char * */
	form_branch,	/* of git, without refs/heads/; const char * */
	form_repository, /* git repository that repo_open() takes */
	form_server,	/* the same, but on a server */
	form_origin,	/* "https://host:port"; const char * */
	form_slug,	/* "owner/name" of a forge; const char * */
	form_link,	/* an https URL that fits markdown; const char * */
	form_app,	/* id of an App of GitHub; const char * */
	form_author,	/* "Name <mail>"; const char * */
	form_time,	/* RFC 3339; time_t */
	form_clock,	/* "08:00", to "24:00"; long, s since midnight */
	form_days,	/* "Mon-Fri", "Sat,Sun", ""; unsigned, bit 0 Sunday */
	form_project,	/* id or number of a Google project; const char * */
	form_location,	/* region or multi-region; const char * */
	form_table,	/* "project.dataset.table"; const char * */
	form_tables,	/* "project.dataset.prefix*"; const char * */
	form_day,	/* "20240131"; const char * */
	form_bucket,	/* "gs://bucket/folder"; const char * */
	form_display,	/* displayName of AutoML; const char * */
	form_endpoint,	/* id of an endpoint of Vertex AI; const char * */
	form_zone;	/* name of a time zone (zone.h); const char * */

#endif
