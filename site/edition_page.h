/* The page of one edition: what it says, its files, and what became of it. */
#ifndef KANSEN_SITE_EDITION_PAGE_H
#define KANSEN_SITE_EDITION_PAGE_H

#include "reports/sections/document.h"
#include "site/page.h"

struct edition_page {
    const struct site_edition *edition;
    const struct document *document; /* of its stored figures, in the page's language */
    const struct page_dress *dress;  /* of the edition's own template; NULL: the site's */
};

/* Of a struct edition_page. */
page_writer page_write_edition;

/* What stands behind a CSV file's name for the description of its columns. */
#define CSV_METADATA "-metadata.json"

/* The digests of an edition's files beside them, for `sha256sum -c`. */
#define EDITION_DIGESTS "SHA256SUMS"

#endif
