#include "ingest/files/file_source.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/files/array_scan.h"
#include "ingest/files/unpack.h"

/* Bytes that are added to the text at once, at most. */
#define READ_SIZE (256 * 1024)

/* The longest record with the end of its line, and room to look for the end of a longer one. */
#define TEXT_SIZE_MAX (FILE_SOURCE_RECORD_MAX + READ_SIZE)

static const char byte_order_mark[] = "\xEF\xBB\xBF";
#define BYTE_ORDER_MARK_SIZE (sizeof(byte_order_mark) - 1)

/* Where in an array the text stands. */
struct array_place {
    bool open;
    bool wants_comma;   /* behind an element */
    bool wants_element; /* behind a comma */
    bool wrapped;       /* some of it, but blanks, lies behind the line that it begins in */
    bool proven;        /* a comma, or an element of several lines: no [ that stands there alone */
    int64_t line;       /* where it begins */
    int64_t last_line;  /* where its last element ends; 0 before the first */
    uint32_t element;   /* the last one that was returned, from 1 */
};

struct file_source {
    struct unpack *unpack;
    char *text; /* bytes that were not returned yet: from start to end */
    size_t start;
    size_t end;
    size_t size;
    size_t seen;     /* from start: bytes of the record that have been looked at */
    int64_t dropped; /* bytes of the record that were not kept */
    bool over;       /* nothing comes behind the text */
    bool started;
    const volatile sig_atomic_t *stop; /* NULL: nobody ends it early */
    bool behind_array;                 /* an array has ended in this line */
    int64_t line;                      /* the one that start lies in, from 1 */
    struct array_place array;
};

enum status file_source_open(const char *path, struct file_source **out, struct error *error)
{
    struct file_source *source = calloc(1, sizeof(*source));
    enum status status;

    if (source == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    source->line = 1;
    status = unpack_open(path, &source->unpack, error);
    if (status != STATUS_OK) {
        free(source);
        return status;
    }
    *out = source;
    return STATUS_OK;
}

void file_source_stop_by(struct file_source *source, const volatile sig_atomic_t *stop)
{
    source->stop = stop;
}

void file_source_close(struct file_source *source)
{
    if (source == NULL)
        return;
    unpack_close(source->unpack);
    free(source->text);
    free(source);
}

/* ---- text */

static const char *name_of(const struct file_source *source)
{
    return unpack_input(source->unpack)->name;
}

static enum status grow(struct file_source *source, struct error *error)
{
    size_t size = source->size == 0 ? READ_SIZE : source->size * 2;
    char *grown;

    if (size > TEXT_SIZE_MAX)
        size = TEXT_SIZE_MAX;
    grown = realloc(source->text, size);
    if (grown == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", name_of(source));
    source->text = grown;
    source->size = size;
    return STATUS_OK;
}

/* Makes room behind the text: moves it to the front, grows the memory, or forgets what is too much
 * of the record, all of which has been looked at. */
static enum status make_room(struct file_source *source, struct error *error)
{
    size_t length = source->end - source->start;

    if (source->start > 0) {
        memmove(source->text, source->text + source->start, length);
        source->start = 0;
        source->end = length;
    }
    if (source->end < source->size)
        return STATUS_OK;
    if (source->size < TEXT_SIZE_MAX)
        return grow(source, error);
    source->dropped += (int64_t)(length - FILE_SOURCE_RECORD_MAX);
    source->end = source->start + FILE_SOURCE_RECORD_MAX;
    source->seen = FILE_SOURCE_RECORD_MAX;
    return STATUS_OK;
}

/* The reason alone is what unpack_read says. */
static enum status refuse_to_read_on(const struct file_source *source, struct error *error)
{
    struct error reason = *error;

    if (source->line == 1)
        return error_set(error, STATUS_REJECT, "%s: %s", name_of(source), reason.message);
    return error_set(error, STATUS_REJECT, "%s: behind line %lld: %s", name_of(source),
                     (long long)source->line - 1, reason.message);
}

/* Adds to the text, unless it is over. What is there has been looked at. */
static enum status fill(struct file_source *source, struct error *error)
{
    enum status status = make_room(source, error);
    size_t made = 0;

    if (status != STATUS_OK)
        return status;
    if (source->stop != NULL && *source->stop) {
        source->over = true;
        return STATUS_OK;
    }
    status = unpack_read(source->unpack, source->text + source->end, source->size - source->end,
                         &made, error);
    source->over = status == STATUS_OK && made == 0;
    source->end += made;
    return status == STATUS_REJECT ? refuse_to_read_on(source, error) : status;
}

/* The byte at a place of the record; -1 at the end of the file. */
static enum status byte_at(struct file_source *source, size_t place, int *out, struct error *error)
{
    while (source->start + place >= source->end && !source->over) {
        enum status status;

        source->seen = source->end - source->start;
        status = fill(source, error);
        if (status != STATUS_OK)
            return status;
    }
    *out = source->start + place < source->end ? (unsigned char)source->text[source->start + place]
                                               : -1;
    return STATUS_OK;
}

static enum status skip_byte_order_mark(struct file_source *source, struct error *error)
{
    int byte = -1;
    enum status status = byte_at(source, 0, &byte, error);

    for (size_t i = 0; i < BYTE_ORDER_MARK_SIZE && status == STATUS_OK; i++) {
        if (byte != (unsigned char)byte_order_mark[i]) {
            source->started = true;
            return STATUS_OK;
        }
        status = byte_at(source, i + 1, &byte, error);
    }
    if (status != STATUS_OK)
        return status;
    source->started = true;
    source->start += BYTE_ORDER_MARK_SIZE;
    return STATUS_OK;
}

/* ---- records */

/* What lies from start to `end`, the whole of a record or the first part of it. */
static void emit(struct file_source *source, size_t end, struct file_record *out)
{
    size_t length = end - source->start;

    *out = (struct file_record){
        .text = {source->text + source->start,
                 length < FILE_SOURCE_RECORD_MAX ? length : FILE_SOURCE_RECORD_MAX},
        .length = (int64_t)length + source->dropped,
        .line = source->line,
    };
    source->start = end;
    source->seen = 0;
    source->dropped = 0;
}

/* The rest of the line, and its end. */
static enum status next_line(struct file_source *source, struct file_record *out,
                             struct error *error)
{
    const char *newline = NULL;
    enum status status = STATUS_OK;
    size_t end;
    bool returns;

    while (status == STATUS_OK) {
        size_t from = source->start + source->seen;

        newline =
            from == source->end ? NULL : memchr(source->text + from, '\n', source->end - from);
        if (newline != NULL || source->over)
            break;
        source->seen = source->end - source->start;
        status = fill(source, error);
    }
    if (status != STATUS_OK)
        return status;
    end = newline == NULL ? source->end : (size_t)(newline - source->text);
    returns = end > source->start && source->text[end - 1] == '\r';
    emit(source, end - returns, out);
    source->start += returns;
    source->start += newline != NULL;
    source->line += newline != NULL;
    source->behind_array = false;
    return STATUS_OK;
}

/* ---- arrays */

static bool is_blank(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Does an array of objects, or of nothing, begin here? *place: behind its [. */
static enum status find_array(struct file_source *source, size_t *place, bool *found,
                              struct error *error)
{
    int byte = -1;
    enum status status = byte_at(source, 0, &byte, error);

    *place = 0;
    *found = false;
    while (status == STATUS_OK && is_blank(byte) && *place < FILE_SOURCE_RECORD_MAX)
        status = byte_at(source, ++*place, &byte, error);
    if (status != STATUS_OK || byte != '[')
        return status;
    ++*place;
    for (size_t next = *place; next < FILE_SOURCE_RECORD_MAX; next++) {
        status = byte_at(source, next, &byte, error);
        if (status != STATUS_OK || !(is_blank(byte) || byte == '\n'))
            break;
    }
    *found = status == STATUS_OK && (byte == '{' || byte == ']');
    return status;
}

/* Behind blanks and ends of lines. */
static enum status skip_space(struct file_source *source, int *byte, struct error *error)
{
    enum status status;

    while ((status = byte_at(source, 0, byte, error)) == STATUS_OK &&
           (is_blank(*byte) || *byte == '\n')) {
        source->line += *byte == '\n';
        source->start++;
    }
    return status;
}

static void begin_array(struct file_source *source, size_t behind_bracket)
{
    source->start += behind_bracket;
    source->seen = 0;
    source->array = (struct array_place){.open = true, .line = source->line};
}

/* The [ was a line of its own among lines, none of which is part of an array. */
static void refuse_bracket(struct file_source *source, struct file_record *out)
{
    *out = (struct file_record){.text = {"[", 1}, .length = 1, .line = source->array.line};
    source->seen = 0;
}

/* What lies in one line costs the rest of it, and the load goes on with the next. Else nobody knows
 * where the next event begins. */
static enum status refuse_array(struct file_source *source, const char *why,
                                struct file_record *out, struct error *error)
{
    struct array_place *array = &source->array;
    enum status status = STATUS_OK;

    if (array->wrapped && array->proven)
        return error_set(error, STATUS_REJECT,
                         "%s:%lld: the array that begins in line %lld is damaged behind its "
                         "element %u: %s",
                         name_of(source), (long long)source->line, (long long)array->line,
                         array->element, why);
    array->open = false;
    source->behind_array = false;
    if (source->line == array->line || source->line == array->last_line) {
        source->seen = source->dropped > 0 ? FILE_SOURCE_RECORD_MAX : 0;
        status = next_line(source, out, error);
        out->element = array->element + 1;
    } else if (array->wrapped) {
        refuse_bracket(source, out);
    } else {
        *out = (struct file_record){
            .text = {"", 0}, .line = array->line, .element = array->element + 1};
    }
    out->damage = why;
    return status;
}

static enum status refuse_end(const struct file_source *source, struct error *error)
{
    return error_set(error, STATUS_REJECT,
                     "%s:%lld: the file ends behind element %u of the array that begins in line "
                     "%lld, and the array does not: it was cut, or lacks its ]",
                     name_of(source), (long long)source->line, source->array.element,
                     (long long)source->array.line);
}

/* The element that begins at start. */
static enum status read_element(struct file_source *source, struct file_record *out,
                                struct error *error)
{
    struct array_scan scan = {0};
    enum array_step step = ARRAY_MORE;
    size_t used = 0;

    source->seen = 0;
    while (step == ARRAY_MORE) {
        const char *from = source->text + source->start + source->seen;
        enum status status;

        step = array_scan_bytes(&scan, from, source->end - source->start - source->seen, &used);
        source->seen += used;
        if (step != ARRAY_MORE)
            break;
        if (source->over)
            return refuse_end(source, error);
        status = fill(source, error);
        if (status != STATUS_OK)
            return status;
    }
    source->array.wrapped = source->array.wrapped || scan.wrapped;
    source->array.proven = source->array.proven || scan.wrapped;
    if (step == ARRAY_DAMAGED) {
        source->line += scan.wrapped ? scan.newlines : 0;
        return refuse_array(source, scan.damage, out, error);
    }
    emit(source, source->start + source->seen, out);
    out->element = ++source->array.element;
    source->line += scan.newlines;
    source->array.last_line = source->line;
    source->array.wants_comma = true;
    return STATUS_OK;
}

/* The next element, or out->text.data NULL behind the last. An array without elements is a record
 * itself. */
static enum status next_element(struct file_source *source, struct file_record *out,
                                struct error *error)
{
    struct array_place *array = &source->array;
    int byte = -1;
    enum status status = skip_space(source, &byte, error);

    if (status == STATUS_OK && array->wants_comma && byte == ',') {
        array->wants_comma = false;
        array->wants_element = true;
        array->proven = true;
        array->wrapped = array->wrapped || source->line > array->line;
        source->start++;
        status = skip_space(source, &byte, error);
    }
    if (status != STATUS_OK)
        return status;
    if (byte < 0)
        return refuse_end(source, error);
    if (byte == ']' && !array->wants_element) {
        source->start++;
        array->open = false;
        source->behind_array = true;
        if (array->element == 0)
            *out = (struct file_record){.text = {"[]", 2}, .length = 2, .line = array->line};
        return STATUS_OK;
    }
    if (array->wants_comma)
        return refuse_array(source, "a comma or ] is missing", out, error);
    if (byte == ',' || byte == ']' || byte == '}')
        return refuse_array(source, "an element is missing", out, error);
    array->wants_element = false;
    array->wrapped = array->wrapped || source->line > array->line;
    return read_element(source, out, error);
}

/* Between the ] of an array and the end of its line: nothing, or another array. *go_on: the line is
 * over, or the next array has been begun. */
static enum status end_array_line(struct file_source *source, struct file_record *out, bool *go_on,
                                  struct error *error)
{
    size_t place;
    int byte = -1;
    bool found = false;
    enum status status = find_array(source, &place, &found, error);

    *go_on = true;
    source->behind_array = false;
    if (status == STATUS_OK && found) {
        begin_array(source, place);
        return STATUS_OK;
    }
    while (status == STATUS_OK && (status = byte_at(source, 0, &byte, error)) == STATUS_OK &&
           is_blank(byte))
        source->start++;
    if (status != STATUS_OK || byte < 0)
        return status;
    if (byte == '\n') {
        source->start++;
        source->line++;
        return STATUS_OK;
    }
    *go_on = false;
    source->seen = 0;
    status = next_line(source, out, error);
    out->element = source->array.element + 1;
    out->damage = "something follows the ] of the array";
    return status;
}

/* ---- the outside */

enum status file_source_next(struct file_source *source, struct file_record *out,
                             struct error *error)
{
    enum status status = source->started ? STATUS_OK : skip_byte_order_mark(source, error);

    *out = (struct file_record){0};
    while (status == STATUS_OK) {
        size_t place;
        int byte = -1;
        bool found = false;

        if (source->array.open) {
            status = next_element(source, out, error);
            if (status != STATUS_OK || out->text.data != NULL)
                break;
        } else if (source->behind_array) {
            status = end_array_line(source, out, &found, error);
            if (status != STATUS_OK || !found)
                break;
        } else {
            source->seen = 0;
            status = byte_at(source, 0, &byte, error);
            if (status != STATUS_OK || byte < 0)
                break;
            status = find_array(source, &place, &found, error);
            if (status != STATUS_OK)
                break;
            source->seen = 0;
            if (!found)
                return next_line(source, out, error);
            begin_array(source, place);
        }
    }
    return status;
}

enum status file_source_peek(struct file_source *source, struct slice *out, struct error *error)
{
    enum status status = source->started ? STATUS_OK : skip_byte_order_mark(source, error);
    int byte = -1;

    if (status == STATUS_OK)
        status = byte_at(source, 0, &byte, error);
    if (status == STATUS_OK && byte >= 0 && strchr("{[ \t\r\n", byte) == NULL)
        status = byte_at(source, FILE_SOURCE_PEEK - 1, &byte, error);
    if (status == STATUS_OK)
        *out = (struct slice){source->text + source->start, source->end - source->start};
    return status;
}

const struct input *file_source_input(const struct file_source *source)
{
    return unpack_input(source->unpack);
}

const char *file_source_packing(const struct file_source *source)
{
    return unpack_packing(source->unpack);
}

bool file_source_has_read_error(const struct file_source *source)
{
    return unpack_has_read_error(source->unpack);
}
