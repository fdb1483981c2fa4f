/* Database ids of malware names, products, actions, operating systems and segments, and the threats
 * that a name belongs to.
 *
 * A bounded cache in front of five small tables: a label is looked up in PostgreSQL once for as
 * long as there is room for it. Which threats a name belongs to is PostgreSQL's answer (LIKE), so
 * there is one matcher only. */
#ifndef KANSEN_INGEST_STORE_DICTIONARY_H
#define KANSEN_INGEST_STORE_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Labels of each kind that are kept; what goes when one more is needed says label_cache.h. */
#define DICTIONARY_ENTRIES 50000

/* Bytes of them; one batch always fits. */
#define DICTIONARY_BYTES (8 * 1024 * 1024)

/* Threats of all names that are kept, but those of the last batch: 4 MiB. */
#define DICTIONARY_THREATS (1024 * 1024)

struct dictionary;

/* STATUS_FATAL when memory is short. The caller frees with dictionary_free. */
enum status dictionary_new(struct dictionary **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void dictionary_free(struct dictionary *dictionary);

/* Looks up every label of the batch, adding those that PostgreSQL doesn't have; each addition
 * commits at once. Call outside of a transaction. STATUS_FATAL when PostgreSQL can take no more. */
enum status dictionary_resolve(struct dictionary *dictionary, struct db *db,
                               const struct batch *batch, struct error *error) MUST_CHECK;

/* Ids of the last resolved batch's dictionary, by their number in the batch. */
int32_t dictionary_name_id(const struct dictionary *dictionary, uint32_t name);
int32_t dictionary_product_id(const struct dictionary *dictionary, uint32_t product);
int32_t dictionary_action_id(const struct dictionary *dictionary, uint32_t action);
int32_t dictionary_os_id(const struct dictionary *dictionary, uint32_t os);
int32_t dictionary_segment_id(const struct dictionary *dictionary, uint32_t segment);
/* Threats of a name of the last resolved batch: *count ids, borrowed until the next call. */
const int32_t *dictionary_threats(const struct dictionary *dictionary, uint32_t name,
                                  size_t *count);

/* What was looked up may be wrong: another connection, other threats. */
void dictionary_forget(struct dictionary *dictionary);

#endif
