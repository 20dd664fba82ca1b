/*
 * Names of labels as AutoML takes them: "_" is "_5F" there and "/" is "_2F",
 * and any other byte of ASCII that is no letter, digit, space, dot, colon or
 * dash "_" and two digits likewise.  The SQL of an export does the same for
 * the first two (data/selectsql.c).
 */

#ifndef GOOGLE_LABELNAME_H
#define GOOGLE_LABELNAME_H

/* Both are kept for the run; NULL when it is no such name. */
const char	*labelname_encode(const char *) __attribute__((nonnull));
const char	*labelname_decode(const char *) __attribute__((nonnull));

#endif
