/* Figures to JSON, and back: how an edition keeps what it was made of.
 *
 * There and back gives the same figures. A member that the text doesn't have, since an older
 * version wrote it, is what says "not known" of it (stats/figures.h), so that an edition can be
 * rendered by later versions. */
#ifndef KANSEN_STATS_FIGURES_JSON_H
#define KANSEN_STATS_FIGURES_JSON_H

#include "kansen/status.h"
#include "stats/figures.h"

/* Of what is written. Grows when a member changes its meaning or its form; a new one is no reason.
 */
#define FIGURES_JSON_VERSION 1

/* One JSON object; texts are UTF-8, as the database gives them. The caller frees *out. STATUS_FATAL
 * when memory is short. */
enum status figures_to_json(const struct figures *figures, char **out,
                            struct error *error) MUST_CHECK;

/* The caller frees *out. STATUS_REJECT: it is not what figures_to_json writes; the message names
 * the member. */
enum status figures_from_json(const char *text, struct figures **out,
                              struct error *error) MUST_CHECK;

#endif
