/* What readers of feeds and search engines are told: Atom (RFC 4287), and a sitemap. */
#ifndef KANSEN_SITE_FEED_H
#define KANSEN_SITE_FEED_H

#include "site/model.h"
#include "site/tree.h"

/* Entries of a feed, the newest; all editions stand on the pages. */
#define FEED_ENTRIES 50

/* The feed of a language; of one threat, or of all when it is NULL. */
enum status feed_make(const struct model *model, struct tree *tree, size_t language,
                      const struct site_threat *threat, struct error *error) MUST_CHECK;

/* Every page, when the site's address is known: the form takes absolute addresses only. */
enum status sitemap_make(const struct model *model, struct tree *tree,
                         struct error *error) MUST_CHECK;

#endif
