/*
 * Names of labels as AutoML has them: any byte that is no ASCII letter, digit,
 * space, dot, colon or dash is "_" and two digits of base 16 in capitals, "_"
 * itself too.  The SQL of an export writes them (data/selectsql.c), and the
 * list of what becomes what is tests/unit/labelname/names.
 */

#ifndef GOOGLE_LABELNAME_H
#define GOOGLE_LABELNAME_H

/* The name as we know it, kept for the run; NULL: it is none of ours. */
const char	*labelname_decode(const char *) __attribute__((nonnull));

#endif
