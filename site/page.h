/* The frame of the site's pages, and the parts that several of them have: links, tables of
 * editions.
 *
 * All links are relative, and name files, so that the site works below any address and without a
 * server. Texts from outside are escaped here and nowhere else. */
#ifndef KANSEN_SITE_PAGE_H
#define KANSEN_SITE_PAGE_H

#include <stdio.h>

#include "site/model.h"
#include "site/tree.h"

/* What sorts and filters tables, for browsers that run it. */
#define PAGE_SCRIPT "tables.js"

struct page {
    FILE *out;
    const struct model *model;
    size_t language;        /* in model->languages */
    const char *path;       /* behind the language: "threats/worms/index.html" */
    const char *file;       /* in the folder: "en/threats/worms/index.html" */
    struct phrases phrases; /* texts of the page */
    size_t tables;          /* so far */
};

/* Writes a page from page_open to page_close; `what` is what the page is about. STATUS_FATAL when
 * memory is short; then the page isn't written. */
typedef enum status page_writer(struct page *page, const void *what, struct error *error);

/* Makes the page of a language and puts it into the tree. `file` is NULL but for one that lies
 * elsewhere than in its language's folder. */
enum status page_make(const struct model *model, struct tree *tree, size_t language,
                      const char *path, const char *file, page_writer *writer, const void *what,
                      struct error *error) MUST_CHECK;

/* What a page says of itself. */
struct page_head {
    const char *title;
    const char *description;
    const char *feed; /* path behind the language; NULL: that of all editions */

    /* Each may be NULL, and is given what the page is about: what stands below the heading, and the
     * items of a list of what is on the page. */
    void (*lead)(struct page *page, const void *what);
    void (*contents)(struct page *page, const void *what);
    const void *what;
    const struct page_dress
        *dress; /* the page's own: its style behind the site's, its logo; or NULL */
};

/* All up to the content of <main>; the heading is the title. */
void page_open(struct page *page, const struct page_head *head);
void page_close(struct page *page);

const struct language *page_language(const struct page *page);
const char *page_say(const struct page *page, enum message message);
const char *page_number(struct page *page, int64_t number);

/* "December 5, 2013", of a date with or without a time. */
const char *page_day(struct page *page, const char *date);

/* ` href="…"` to a file of the site by its path in the folder; `page_href` by that behind the
 * language. */
void page_href_file(const struct page *page, const char *file);
void page_href(const struct page *page, const char *path);

/* <a href="…">text</a>, the path behind the language. */
void page_link(const struct page *page, const char *path, const char *text);

/* The address of a file: absolute when the site's is known. */
void page_put_address(FILE *out, const struct model *model, const char *file);

/* A path as a part of a URL. */
void page_put_path(FILE *out, const char *path);

/* The same as a text, which the caller frees; NULL: memory is short. */
char *page_url(const char *path);

/* <section id="site-ID"> with a heading. */
void page_open_section(struct page *page, const char *id, const char *heading);
void page_close_section(struct page *page);

/* ---- tables */

struct page_column {
    const char *heading;
    bool right;
};

/* Up to the first row; rows are written by page_cell and the like between <tr> and </tr>. */
void page_open_table(struct page *page, const char *caption, const struct page_column *columns,
                     size_t count);
void page_close_table(struct page *page);
void page_cell(struct page *page, const char *text);
void page_cell_number(struct page *page, int64_t number);

/* Does the edition belong into a table about `what`? */
typedef bool page_chooser(const struct site_edition *edition, const void *what);

/* The editions that are chosen, the newest first. */
void page_put_editions(struct page *page, const char *caption, page_chooser *chooser,
                       const void *what);

/* "current, provisional", as a cell's content. */
void page_put_state(struct page *page, const struct site_edition *edition);

/* <time> of when it was published. */
void page_put_published(struct page *page, const struct site_edition *edition);

/* The section of an edition's files: a row for each format, a column for each language. */
void page_put_downloads(struct page *page, const struct site_edition *edition);

/* How a month stands: "complete". */
const char *page_month_state(const struct page *page, enum month_state state);

/* ---- the pages */

page_writer page_write_index;
page_writer page_write_method;
page_writer page_write_data;
page_writer page_write_threat; /* of a struct site_threat */
page_writer page_write_month;  /* of a month_t of the model */

#endif
