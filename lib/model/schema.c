#include <stdlib.h>
#include <string.h>

#include "model/rules.h"
#include "model/scalar.h"
#include "model/schema.h"
#include "run/keep.h"

#define DIALECT	"https://json-schema.org/draft/2020-12/schema"
#define LINE	"^[^\\x00-\\x1f\\x7f]*$"	/* no control characters */

static json_t	*map_schema(const struct rules *, const char *);

static void
set(json_t *schema, const char *key, json_t *value)
{
	json_object_set(schema, key, keep_json(value));
}

static json_t *
words(const struct rule *r)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; r->words[i] != NULL; i++)
		json_array_append_new(list, json_string(r->words[i]));
	if (r->flags & RULE_NULLABLE)
		json_array_append_new(list, json_null());
	return list;
}

static json_t *
type(const struct rule *r, const char *name)
{
	return r->flags & RULE_NULLABLE ?
	    json_pack("[ss]", name, "null") : json_string(name);
}

static void
set_text(json_t *s, const struct rule *r, double low, double high)
{
	set(s, "type", type(r, "string"));
	if (r->words != NULL) {
		set(s, "enum", words(r));
		return;
	}
	if (low > 0)
		set(s, "minLength", json_integer((json_int_t)low));
	if (high > 0)
		set(s, "maxLength", json_integer((json_int_t)high));
	set(s, "pattern", json_string(r->form == NULL ||
	    r->form->pattern == NULL ? LINE : r->form->pattern));
}

static void
set_range(json_t *s, const struct rule *r, const char *name)
{
	int	 whole = r->kind == KIND_COUNT;

	set(s, "type", type(r, name));
	set(s, "minimum", whole ? json_integer((json_int_t)r->low) :
	    json_real(r->low));
	set(s, "maximum", whole ? json_integer((json_int_t)r->high) :
	    json_real(r->high));
}

static void
set_list(json_t *s, const struct rule *r, json_t *items)
{
	set(s, "type", json_string("array"));
	json_object_set(s, "items", items);
	if (r->low > 0)
		set(s, "minItems", json_integer((json_int_t)r->low));
}

static void
set_words(json_t *s, const struct rule *r)
{
	if (r->kind == KIND_EITHER)
		set(s, "enum", words(r));
	else
		set_list(s, r, keep_json(json_pack("{ss so}", "type",
		    "string", "enum", words(r))));
}

static void
set_preset(json_t *s, const struct rule *r)
{
	json_t	*value;

	if (r->preset == NULL && (r->flags & RULE_NULLABLE) == 0)
		return;
	if (r->preset == NULL)
		value = json_null();
	else if (r->kind == KIND_FLAG || r->kind == KIND_COUNT ||
	    r->kind == KIND_RATIO)
		value = json_loads(r->preset, JSON_DECODE_ANY, NULL);
	else
		value = json_string(r->preset);
	set(s, "default", value);
}

static void
set_kind(json_t *s, const struct rules *rules, const struct rule *r)
{
	json_t	*item;

	switch (r->kind) {
	case KIND_MAP:
		json_object_update(s, map_schema(rules, r->path));
		break;
	case KIND_MAPS:
		set_list(s, r, map_schema(rules, keepf("%s[]", r->path)));
		break;
	case KIND_TEXT:
		set_text(s, r, r->low, r->high);
		break;
	case KIND_TEXTS:
		item = keep_json(json_object());
		set_text(item, r, 1, 0);
		set_list(s, r, item);
		break;
	case KIND_FLAG:
		set(s, "type", type(r, "boolean"));
		break;
	case KIND_EITHER:
	case KIND_WORDS:
		set_words(s, r);
		break;
	case KIND_COUNT:
		set_range(s, r, "integer");
		break;
	case KIND_RATIO:
		set_range(s, r, "number");
		break;
	case KIND_DURATION:
		set(s, "type", type(r, "string"));
		set(s, "pattern", json_string("^[0-9]+[smhdw]$"));
	}
}

static json_t *
row_schema(const struct rules *rules, const struct rule *r)
{
	json_t		*s = keep_json(json_object());
	const char	*expects = "";

	if (r->kind == KIND_DURATION)	/* no keyword says it */
		expects = keepf("  Expected: %s.", scalar_expected(r));
	set(s, "description", json_string(keepf("%s%s", r->about, expects)));
	set_kind(s, rules, r);
	set_preset(s, r);
	return s;
}

/* [{"required": [key]}, ...] over the rows of a group. */
static json_t *
group(const struct rules *rules, const char *path, unsigned flag)
{
	const char	*key;
	json_t		*list = json_array();
	size_t		 i;

	for (i = 0; i < rules->n; i++)
		if (rules->rule[i].flags & flag &&
		    (key = rule_key(&rules->rule[i], path)) != NULL)
			json_array_append_new(list, json_pack("{s[s]}",
			    "required", key));
	return list;
}

static void
set_group(json_t *s, const char *keyword, json_t *list)
{
	keep_json(list);
	if (json_array_size(list) > 0)
		json_object_set(s, keyword, list);
}

static json_t *
map_schema(const struct rules *rules, const char *path)
{
	json_t		*s = keep_json(json_object());
	json_t		*keys = keep_json(json_object());
	json_t		*required = json_array();
	const char	*key;
	size_t		 i;

	for (i = 0; i < rules->n; i++) {
		if ((key = rule_key(&rules->rule[i], path)) == NULL)
			continue;
		json_object_set(keys, key,
		    row_schema(rules, &rules->rule[i]));
		if (rules->rule[i].flags & RULE_REQUIRED)
			json_array_append_new(required, json_string(key));
	}
	set(s, "type", json_string("object"));
	set_group(s, "required", required);
	set_group(s, "oneOf", group(rules, path, RULE_ONE));
	set_group(s, "anyOf", group(rules, path, RULE_ANY));
	json_object_set(s, "properties", keys);
	set(s, "additionalProperties", json_false());
	return s;
}

json_t *
schema_make(const struct rules *rules)
{
	json_t	*s = keep_json(json_object());

	set(s, "$schema", json_string(DIALECT));
	set(s, "title", json_string(rules->title));
	json_object_update(s, map_schema(rules, ""));
	return s;
}
