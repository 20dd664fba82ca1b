#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/pkt.h"
#include "run/error.h"

#define DIGITS		4
#define LONGEST		65520	/* bytes of a line with its length */

void
pkt_bytes(struct message *m, const void *data, size_t len)
{
	char	*more;

	if (m->len + len >= m->room) {
		m->room = (m->len + len) * 2 + 1024;
		if ((more = realloc(m->data, m->room)) == NULL) {
			m->lost = 1;
			m->room = 0;
			free(m->data);
			m->data = NULL;
			m->len = 0;
			return;
		}
		m->data = more;
	}
	memcpy(m->data + m->len, data, len);
	m->len += len;
	m->data[m->len] = '\0';
}

void
pkt_free(struct message *m)
{
	free(m->data);
	*m = (struct message){ .lost = 0 };
}

void
pkt_line(struct message *m, const char *fmt, ...)
{
	static char	 line[LONGEST + 1];
	char		 digits[DIGITS + 1];
	va_list		 ap;
	int		 n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - DIGITS, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line) - DIGITS) {
		m->lost = 1;
		return;
	}
	snprintf(digits, sizeof(digits), "%04x", (unsigned)n + DIGITS);
	pkt_bytes(m, digits, DIGITS);
	pkt_bytes(m, line, (size_t)n);
}

void
pkt_flush(struct message *m)
{
	pkt_bytes(m, "0000", DIGITS);
}

void
pkt_delimit(struct message *m)
{
	pkt_bytes(m, "0001", DIGITS);
}

/* The length that stands at the beginning; -1: none does. */
static int
length(const struct pkts *p)
{
	char	 digits[DIGITS + 1] = "";
	int	 i;

	if (p->end - p->at < DIGITS)
		return -1;
	for (i = 0; i < DIGITS; i++) {
		if (!isxdigit((unsigned char)p->at[i]))
			return -1;
		digits[i] = p->at[i];
	}
	return (int)strtol(digits, NULL, 16);
}

int
pkt_next(struct pkts *p, struct pkt *pkt, struct error *error)
{
	int	 n;

	*pkt = (struct pkt){ .kind = PKT_END, .data = p->at };
	if (p->at == p->end)
		return 0;
	n = length(p);
	if (n < 0 || n == 3 || n > LONGEST || p->end - p->at < n)
		return error_set(error, RETRY, "what git sent was cut short, "
		    "or is no line of git's");
	pkt->kind = n == 0 ? PKT_FLUSH : n < DIGITS ? PKT_DELIMIT : PKT_LINE;
	pkt->data = p->at + DIGITS;
	pkt->len = pkt->size = n > DIGITS ? (size_t)n - DIGITS : 0;
	if (pkt->len > 0 && pkt->data[pkt->len - 1] == '\n')
		pkt->len--;
	p->at += n < DIGITS ? DIGITS : n;
	return 0;
}

int
pkt_begins(const struct pkt *pkt, const char *word, const char **rest,
    size_t *len)
{
	size_t	 n = strlen(word);

	if (pkt->kind != PKT_LINE || pkt->len < n ||
	    memcmp(pkt->data, word, n) != 0)
		return 0;
	*rest = pkt->data + n;
	*len = pkt->len - n;
	return 1;
}
