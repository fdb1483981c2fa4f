/* Database ids of malware names, products and actions, and the threats that a name belongs to.
 *
 * A bounded cache in front of three small tables: a label is looked up in PostgreSQL once for as
 * long as the cache lives. Which threats a name belongs to is PostgreSQL's answer (name_matches),
 * so there is one matcher only. */
#ifndef KANSEN_INGEST_LABELS_H
#define KANSEN_INGEST_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/batch.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Labels of each kind that are kept. When one more is needed the cache starts anew. */
#define LABELS_KEPT 50000

/* Bytes of them; one batch always fits. */
#define LABELS_BYTES (8 * 1024 * 1024)

struct labels;

/* STATUS_FATAL when memory is short. The caller frees with labels_free. */
enum status labels_new(struct labels **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void labels_free(struct labels *labels);

/* Looks up every label of the batch, adding those that PostgreSQL doesn't have; each addition
 * commits at once. Call outside of a transaction. */
enum status labels_resolve(struct labels *labels, struct db *db, const struct batch *batch,
                           struct error *error) MUST_CHECK;

/* Ids of the last resolved batch's labels, by their number in the batch. */
int32_t labels_name_id(const struct labels *labels, uint32_t name);
int32_t labels_product_id(const struct labels *labels, uint32_t product);
int32_t labels_action_id(const struct labels *labels, uint32_t action);
/* Threats of a name of the last resolved batch: *count ids, borrowed until the next call. */
const int32_t *labels_threats(const struct labels *labels, uint32_t name, size_t *count);

/* What was looked up may be wrong: another connection, other threats. */
void labels_forget(struct labels *labels);

#endif
