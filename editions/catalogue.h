/* The editions that there are: which, their files and figures, as they were published.
 *
 * Everything is read from views of schema report, so that a member of kansen_reader can do it. What
 * is read is held against its digest: what somebody changed in the database, or a disk did, is
 * never taken for what was published.
 *
 * An edition is known by its threat, its window and its number, which counts the editions of that
 * threat and window from 1; number n + 1 replaces number n. */
#ifndef KANSEN_EDITIONS_CATALOGUE_H
#define KANSEN_EDITIONS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"
#include "text/digest.h"

/* A file, without its bytes. */
struct edition_file {
    char *name;
    char *format;   /* "html"; of a chart "svg", "png", "chart-pdf" */
    char *language; /* "en" */
    int64_t bytes;
    char sha256[DIGEST_TEXT_SIZE];
};

struct edition {
    char *threat; /* its name when it was published */
    month_t from;
    month_t to;
    int32_t number;
    char *published;      /* "2013-12-05 10:15" in the report time zone */
    char *published_utc;  /* "2013-12-05T10:15:07Z" */
    int64_t published_us; /* microseconds since 1970 */
    char *published_by;   /* a role of PostgreSQL */
    bool provisional;     /* before every month was complete */
    int64_t total;        /* infected machines, as it counts them */
    char *program;        /* version of kansen */
    char *options;        /* a JSON object: what was asked for; names of options, lists of values */
    char *withdrawn;      /* as published; NULL: it stands */
    char *withdrawn_utc;
    int64_t withdrawn_us; /* 0: it stands */
    char *withdrawn_by;
    char *withdrawn_reason;
    char *timezone; /* of the report */
    char figures_sha256[DIGEST_TEXT_SIZE];
    char template_sha256[DIGEST_TEXT_SIZE]; /* of the template that it was made with; "": none */
    struct edition_file
        *files; /* in the order in which they were made; NULL before edition_files */
    size_t file_count;
};

/* Zeroed: none. */
struct edition_list {
    struct edition *editions; /* the newest first */
    size_t count;
};

/* NULL, -1 and 0 are any. */
struct edition_filter {
    const char *threat;
    month_t from;
    month_t to;
    int32_t number;
};

#define EDITION_FILTER_ANY ((struct edition_filter){.from = -1, .to = -1})

/* Adds nothing when there is none. The caller clears *out. */
enum status edition_list_load(struct db *db, const struct edition_filter *filter,
                              struct edition_list *out, struct error *error) MUST_CHECK;

/* Waits until nobody else publishes this threat and window, and says meanwhile who does
 * (sql/lock_wait); ours until db_close. Then adds the newest edition to *newest, if there is one;
 * the caller clears it. */
enum status edition_turn(struct db *db, const char *threat, month_t from, month_t to,
                         struct edition_list *newest, struct error *error) MUST_CHECK;

void edition_list_clear(struct edition_list *list);

/* Parameters of what is asked about one edition, as EDITION_KEY_SIZE texts: threat, first and last
 * month, number, and one more, which may be NULL. */
#define EDITION_KEY_SIZE 5
struct edition_key {
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char number[16];
    const char *parameters[EDITION_KEY_SIZE];
};

/* Borrows the threat and what is more. */
void edition_key_make(const struct edition *edition, const char *more, struct edition_key *key);

/* Fills in edition->files. */
enum status edition_files(struct db *db, struct edition *edition, struct error *error) MUST_CHECK;

/* The bytes of one file, which the caller frees. STATUS_REJECT: they are not those that were
 * published; the message names edition and file. */
enum status edition_content(struct db *db, const struct edition *edition,
                            const struct edition_file *file, char **out, size_t *length,
                            struct error *error) MUST_CHECK;

/* The figures that it was made of, which the caller frees by figures_free; figures->edition has
 * what changed since the one before. STATUS_REJECT: they are not those that were published. */
enum status edition_figures(struct db *db, const struct edition *edition, struct figures **out,
                            struct error *error) MUST_CHECK;

/* Whether the bytes of a part of the edition are those of its digest. STATUS_REJECT names the part,
 * and the table that has to be restored. */
enum status edition_check_digest(const struct edition *edition, const char *table, const char *what,
                                 const char *bytes, size_t length, const char *sha256,
                                 struct error *error) MUST_CHECK;

/* Withdraws it, for members of kansen_publisher. STATUS_REJECT: it is withdrawn already. */
enum status edition_withdraw(struct db *db, const struct edition *edition, const char *reason,
                             struct error *error) MUST_CHECK;

/* "edition 2 of bitcoin-miner 2013-09 to 2013-11", for messages. Returns text. */
#define EDITION_NAME_SIZE 512
const char *edition_name(const struct edition *edition, char text[EDITION_NAME_SIZE]);

#endif
