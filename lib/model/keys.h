/*
 * The keys of a Model document (design 6): one table that decodes, checks
 * and documents them.  It decodes into a struct config.
 */

#ifndef MODEL_KEYS_H
#define MODEL_KEYS_H

struct rules;

extern const struct rules	keys_model;

#endif
