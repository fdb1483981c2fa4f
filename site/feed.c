#include "site/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "site/page.h"
#include "site/tree_file.h"
#include "text/digest.h"
#include "text/escape.h"

/* One of the news: an edition was published, or withdrawn. */
struct entry {
    const struct site_edition *edition;
    bool withdrawn;
};

struct feed {
    FILE *out;
    const struct model *model;
    size_t language;
    const struct site_threat *threat; /* NULL: all */
    char file[TREE_PATH_MAX + 1];
    struct phrases phrases;
};

/* Types of the files that feeds offer. */
static const struct {
    const char *format;
    const char *type;
} types[] = {
    {"html", "text/html"},
    {"pdf", "application/pdf"},
    {"csv", "text/csv"},
    {"json", "application/json"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

static const struct language *language_of(const struct feed *feed)
{
    return feed->model->languages[feed->language];
}

/* ---- ids */

/* A UUID made of what it names, which never changes: neither the site's address nor the words of a
 * later version are in it. Version 8 of RFC 9562: 122 bits of a SHA-256. */
static void put_id(FILE *out, const char *kind, const char *language, const struct edition *edition)
{
    char text[EDITION_NAME_SIZE + 256];
    char name[EDITION_NAME_SIZE];
    char digest[DIGEST_TEXT_SIZE] = "";

    snprintf(text, sizeof(text), "%s %s %s %s", kind, language, edition->published_utc,
             edition_name(edition, name));
    if (!digest_of(text, strlen(text), digest))
        return;
    fprintf(out, "<id>urn:uuid:%.8s-%.4s-8%.3s-8%.3s-%.12s</id>\n", digest, digest + 8, digest + 13,
            digest + 17, digest + 20);
}

/* ---- elements */

/* What XML has no character for is none. */
static void put_text(FILE *out, const char *text)
{
    while (*text != '\0') {
        const char *start = text;
        int32_t character = escape_next(&text);
        char piece[8] = "";

        if (character == 0xFFFE || character == 0xFFFF)
            snprintf(piece, sizeof(piece), "%s", "\xEF\xBF\xBD");
        else
            snprintf(piece, sizeof(piece), "%.*s", (int)(text - start), start);
        escape_html(out, piece);
    }
}

static void put_element(FILE *out, const char *name, const char *text)
{
    fprintf(out, "<%s>", name);
    put_text(out, text);
    fprintf(out, "</%s>\n", name);
}

/* href="…", relative to the feed unless the site's address is known. */
static void put_href(const struct feed *feed, const char *file)
{
    fputs(" href=\"", feed->out);
    if (feed->model->request->base_url == NULL)
        for (const char *at = strchr(feed->file, '/'); at != NULL; at = strchr(at + 1, '/'))
            fputs("../", feed->out);
    page_put_address(feed->out, feed->model, file);
    fputc('"', feed->out);
}

static void put_files(const struct feed *feed, const struct site_edition *edition)
{
    const char *code = language_code(language_of(feed));

    for (size_t i = 0; i < edition->edition->file_count; i++) {
        const struct edition_file *file = &edition->edition->files[i];
        char path[TREE_PATH_MAX + 1];

        if (strcmp(file->language, code) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", edition->folder, file->name);
        for (size_t type = 0; type < sizeof(types) / sizeof(*types); type++) {
            if (strcmp(file->format, types[type].format) != 0)
                continue;
            fprintf(feed->out, "<link rel=\"enclosure\" type=\"%s\" length=\"%" PRId64 "\"",
                    types[type].type, file->bytes);
            put_href(feed, path);
            fputs("/>\n", feed->out);
        }
    }
}

static const char *title_of(struct feed *feed, const struct entry *entry)
{
    const struct language *language = language_of(feed);
    const struct edition_words *words = &entry->edition->words[feed->language];
    struct message_argument number =
        language_count(language, &feed->phrases, "number", entry->edition->edition->number);

    if (entry->withdrawn)
        return language_say(language, &feed->phrases, MESSAGE_SITE_ENTRY_WITHDRAWN,
                            MESSAGE_ARGUMENTS(language_text("threat", words->threat),
                                              language_text("window", words->window), number));
    return language_say(language, &feed->phrases, MESSAGE_SITE_ENTRY,
                        MESSAGE_ARGUMENTS(language_text("subject", words->subject), number));
}

static void put_entry(struct feed *feed, const struct entry *entry)
{
    const struct edition *edition = entry->edition->edition;
    const char *time = entry->withdrawn ? edition->withdrawn_utc : edition->published_utc;
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "%s/%s", language_code(language_of(feed)), entry->edition->page);
    fputs("<entry>\n", feed->out);
    put_id(feed->out, entry->withdrawn ? "withdrawal" : "edition", language_code(language_of(feed)),
           edition);
    put_element(feed->out, "title", title_of(feed, entry));
    put_element(feed->out, "published", time);
    put_element(feed->out, "updated", time);
    fputs("<link rel=\"alternate\" type=\"text/html\"", feed->out);
    put_href(feed, path);
    fputs("/>\n", feed->out);
    fputs("<category", feed->out);
    fputs(" term=\"", feed->out);
    put_text(feed->out, edition->threat);
    fputs("\"/>\n", feed->out);
    if (entry->withdrawn)
        put_element(feed->out, "summary", edition->withdrawn_reason);
    else
        put_element(feed->out, "summary", entry->edition->words[feed->language].summary);
    if (!entry->withdrawn)
        put_files(feed, entry->edition);
    fputs("</entry>\n", feed->out);
}

/* ---- the feed */

static const char *time_of(const struct entry *entry)
{
    return entry->withdrawn ? entry->edition->edition->withdrawn_utc
                            : entry->edition->edition->published_utc;
}

static int64_t moment_of(const struct entry *entry)
{
    return entry->withdrawn ? entry->edition->edition->withdrawn_us
                            : entry->edition->edition->published_us;
}

/* The newest first, of one microsecond as in the list of editions. */
static int compare(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *two = b;

    if (moment_of(one) != moment_of(two))
        return moment_of(one) > moment_of(two) ? -1 : 1;
    return one->edition < two->edition ? -1 : one->edition > two->edition;
}

static size_t list_entries(const struct feed *feed, struct entry *entries)
{
    size_t count = 0;

    for (size_t i = 0; i < feed->model->list.count; i++) {
        const struct site_edition *edition = &feed->model->editions[i];

        if (feed->threat != NULL && &feed->model->threats[edition->threat] != feed->threat)
            continue;
        entries[count++] = (struct entry){edition, false};
        if (edition->edition->withdrawn != NULL)
            entries[count++] = (struct entry){edition, true};
    }
    qsort(entries, count, sizeof(*entries), compare);
    return count;
}

static void put_head(struct feed *feed, const struct entry *entries, size_t count)
{
    const struct language *language = language_of(feed);
    const struct page_dress *dress = template_dress(feed->model->request->template);
    char page[TREE_PATH_MAX + 1];

    fprintf(feed->out,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
            language_code(language));
    /* The first edition of all never goes. */
    for (size_t i = count; i > 0; i--)
        if (!entries[i - 1].withdrawn) {
            put_id(feed->out, feed->threat == NULL ? "feed" : "feed of the threat",
                   language_code(language), entries[i - 1].edition->edition);
            break;
        }
    put_element(
        feed->out, "title",
        feed->threat == NULL
            ? language_message(language, MESSAGE_SITE_TITLE)
            : language_say(language, &feed->phrases, MESSAGE_SITE_OF_THREAT,
                           MESSAGE_ARGUMENTS(language_text(
                               "threat", feed->threat->newest->words[feed->language].threat))));
    put_element(feed->out, "updated", time_of(&entries[0]));
    fputs("<author>", feed->out);
    put_element(feed->out, "name",
                dress != NULL && dress->logo_text != NULL ? dress->logo_text : "kansen");
    fputs("</author>\n<generator>kansen</generator>\n<link rel=\"self\"", feed->out);
    put_href(feed, feed->file);
    fputs("/>\n<link rel=\"alternate\" type=\"text/html\"", feed->out);
    if (feed->threat == NULL)
        snprintf(page, sizeof(page), "%s/index.html", language_code(language));
    else
        snprintf(page, sizeof(page), "%s/threats/%s/index.html", language_code(language),
                 feed->threat->part);
    put_href(feed, page);
    fputs("/>\n", feed->out);
}

static enum status write_feed(struct feed *feed, struct error *error)
{
    struct entry *entries = calloc(2 * feed->model->list.count + 1, sizeof(*entries));
    size_t count;

    if (entries == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", feed->file);
    count = list_entries(feed, entries);
    put_head(feed, entries, count);
    for (size_t i = 0; i < count && i < FEED_ENTRIES; i++)
        put_entry(feed, &entries[i]);
    fputs("</feed>\n", feed->out);
    free(entries);
    return STATUS_OK;
}

enum status feed_make(const struct model *model, struct tree *tree, size_t language,
                      const struct site_threat *threat, struct error *error)
{
    struct feed feed = {.model = model, .language = language, .threat = threat};
    const char *code = language_code(model->languages[language]);
    struct tree_file file;
    enum status status;

    if (threat == NULL)
        snprintf(feed.file, sizeof(feed.file), "%s/feed.xml", code);
    else
        snprintf(feed.file, sizeof(feed.file), "%s/threats/%s/feed.xml", code, threat->part);
    if (!tree_wants(tree, feed.file))
        return STATUS_OK;
    status = tree_file_open(&file, feed.file, error);
    if (status != STATUS_OK)
        return status;
    feed.out = file.out;
    phrases_init(&feed.phrases);
    status = write_feed(&feed, error);
    if (status == STATUS_OK && feed.phrases.failed)
        status = tree_file_short(feed.file, error);
    phrases_clear(&feed.phrases);
    if (status == STATUS_OK)
        return tree_file_put(&file, tree, error);
    tree_file_drop(&file);
    return status;
}
