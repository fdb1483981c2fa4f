/* The template that an edition is made with, kept with it: what is made of its figures later wears
 * the same dress, also when the folder is gone.
 *
 * Its files are kept byte by byte, each with its SHA-256, and all of them with another one: that of
 * the lines that `sha256sum` prints of them, by name. So one that was changed, left out or added is
 * noticed. A template without files is none. */
#ifndef KANSEN_EDITIONS_KEPT_TEMPLATE_H
#define KANSEN_EDITIONS_KEPT_TEMPLATE_H

#include "editions/catalogue.h"
#include "kansen/status.h"
#include "reports/template/template.h"
#include "sql/db.h"
#include "text/digest.h"

struct kept_file {
    char *name;
    char *bytes;
    size_t length;
    char sha256[DIGEST_TEXT_SIZE];
};

/* Zeroed: none. */
struct kept_template {
    struct kept_file *files; /* by name */
    size_t count;
};

/* The digest of all its files; "" for NULL and for one without files. STATUS_FATAL: out of memory.
 */
enum status kept_template_digest(const struct template *template, char out[DIGEST_TEXT_SIZE],
                                 struct error *error) MUST_CHECK;

/* Adds its files to the edition that is being stored. */
enum status kept_template_store(struct db *db, const char *edition_id,
                                const struct template *template, struct error *error) MUST_CHECK;

/* The files of an edition's template; the caller clears *out, after an error too. STATUS_REJECT:
 * they are not those that it was made with. */
enum status kept_template_load(struct db *db, const struct edition *edition,
                               struct kept_template *out, struct error *error) MUST_CHECK;

/* The template that they are, which the caller frees; NULL when there are none. STATUS_REJECT: this
 * version of the program finds a mistake in it. */
enum status kept_template_open(const struct edition *edition, const struct kept_template *kept,
                               struct template **out, struct error *error) MUST_CHECK;

void kept_template_clear(struct kept_template *kept);

/* Both in one. */
enum status edition_template(struct db *db, const struct edition *edition, struct template **out,
                             struct error *error) MUST_CHECK;

#endif
