#include "ingest/store/batch.h"

#include <stdlib.h>
#include <string.h>

static enum status init_tables(struct batch *batch, struct error *error)
{
    enum status status =
        string_set_init(&batch->names, BATCH_DICTIONARY_ENTRIES, BATCH_DICTIONARY_BYTES, error);

    if (status == STATUS_OK)
        status = string_set_init(&batch->products, BATCH_DICTIONARY_ENTRIES, BATCH_DICTIONARY_BYTES,
                                 error);
    if (status == STATUS_OK)
        status = string_set_init(&batch->actions, BATCH_DICTIONARY_ENTRIES, BATCH_DICTIONARY_BYTES,
                                 error);
    if (status == STATUS_OK)
        status = string_set_init(&batch->systems, BATCH_DICTIONARY_ENTRIES, BATCH_DICTIONARY_BYTES,
                                 error);
    if (status == STATUS_OK)
        status = string_set_init(&batch->segments, BATCH_DICTIONARY_ENTRIES, BATCH_DICTIONARY_BYTES,
                                 error);
    return status;
}

enum status batch_new(struct batch **out, struct error *error)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    enum status status;

    if (batch == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    batch->rows = malloc(BATCH_ROWS * sizeof(*batch->rows));
    batch->messages = malloc(BATCH_ROWS * sizeof(*batch->messages));
    /* A row that is refused becomes a dead letter, so there may be as many dead letters as rows. */
    batch->dead_letters = malloc(BATCH_ROWS * sizeof(*batch->dead_letters));
    batch->replayed = malloc(BATCH_ROWS * sizeof(*batch->replayed));
    batch->stands_for = malloc(BATCH_ROWS * sizeof(*batch->stands_for));
    batch->progress = malloc(BATCH_PARTITIONS * sizeof(*batch->progress));
    batch->progress_at = calloc(BATCH_PARTITIONS, sizeof(*batch->progress_at));
    batch->bytes = malloc(BATCH_BYTES);
    batch->bytes_size = BATCH_BYTES;
    if (batch->rows == NULL || batch->messages == NULL || batch->dead_letters == NULL ||
        batch->replayed == NULL || batch->stands_for == NULL || batch->progress == NULL ||
        batch->progress_at == NULL || batch->bytes == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = init_tables(batch, error);
    if (status != STATUS_OK) {
        batch_free(batch);
        return status;
    }
    *out = batch;
    return STATUS_OK;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    string_set_clear(&batch->names);
    string_set_clear(&batch->products);
    string_set_clear(&batch->actions);
    string_set_clear(&batch->systems);
    string_set_clear(&batch->segments);
    free(batch->rows);
    free(batch->messages);
    free(batch->dead_letters);
    free(batch->replayed);
    free(batch->stands_for);
    free(batch->progress);
    free(batch->progress_at);
    free(batch->bytes);
    free(batch);
}

/* Gives back what a single huge message needed. */
static void shrink_bytes(struct batch *batch)
{
    char *usual;

    if (batch->bytes_size == BATCH_BYTES)
        return;
    usual = realloc(batch->bytes, BATCH_BYTES);
    if (usual == NULL)
        return;
    batch->bytes = usual;
    batch->bytes_size = BATCH_BYTES;
}

void batch_reset(struct batch *batch)
{
    batch->row_count = 0;
    batch->dead_letter_count = 0;
    batch->replayed_count = 0;
    if (batch->progress_count > 0)
        memset(batch->progress_at, 0, BATCH_PARTITIONS * sizeof(*batch->progress_at));
    batch->progress_count = 0;
    batch->bytes_used = 0;
    shrink_bytes(batch);
    batch->repeated = 0;
    batch->conflicting = 0;
    batch->addresses = 0;
    batch->unlocated = 0;
    batch->bad_addresses = 0;
    batch->geoip_build_count = 0;
    string_set_reset(&batch->names);
    string_set_reset(&batch->products);
    string_set_reset(&batch->actions);
    string_set_reset(&batch->systems);
    string_set_reset(&batch->segments);
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->row_count == 0 && batch->dead_letter_count == 0 && batch->progress_count == 0;
}

/* Do they lie in the batch's memory? */
static bool is_kept(const struct batch *batch, struct slice bytes)
{
    return (uintptr_t)bytes.data - (uintptr_t)batch->bytes < batch->bytes_used;
}

static size_t size_to_keep(const struct batch *batch, struct slice bytes)
{
    return is_kept(batch, bytes) ? 0 : bytes.length;
}

/* Copies bytes into the batch's memory; data stays NULL for a null slice. The room is known. */
static struct slice keep(struct batch *batch, struct slice bytes)
{
    struct slice kept = {NULL, 0};

    if (bytes.data == NULL || is_kept(batch, bytes))
        return bytes;
    kept = (struct slice){batch->bytes + batch->bytes_used, bytes.length};
    if (bytes.length > 0)
        memcpy(batch->bytes + batch->bytes_used, bytes.data, bytes.length);
    batch->bytes_used += bytes.length;
    return kept;
}

static struct slice cut(struct slice bytes)
{
    return (struct slice){bytes.data,
                          bytes.length < MESSAGE_KEPT_MAX ? bytes.length : MESSAGE_KEPT_MAX};
}

static struct message keep_message(struct batch *batch, const struct message *message)
{
    struct message kept = *message;
    const struct slice nothing = {NULL, 0};
    bool is_stored = message->dead_letter_id != 0;

    kept.read_headers = NULL;
    kept.native = NULL;
    kept.key = is_stored ? nothing : keep(batch, cut(message->key));
    kept.value = is_stored ? nothing : keep(batch, cut(message->value));
    kept.headers = is_stored ? nothing : keep(batch, message->headers);
    return kept;
}

/* A message larger than a whole batch is kept in a batch of its own, whose memory grows for it: the
 * source bounds its size. */
static bool grow_bytes(struct batch *batch, size_t needed)
{
    char *grown;

    if (batch->row_count + batch->dead_letter_count > 0)
        return false;
    grown = realloc(batch->bytes, needed);
    if (grown == NULL)
        return false;
    batch->bytes = grown;
    batch->bytes_size = needed;
    return true;
}

/* Room for `count` events of one message, and `more` bytes. */
static bool has_room(struct batch *batch, const struct message *message, uint32_t count,
                     size_t more)
{
    size_t needed = batch->bytes_used + more;

    if (message->dead_letter_id == 0 && message->element == 0)
        needed += cut(message->key).length + cut(message->value).length + message->headers.length;
    else if (message->dead_letter_id == 0)
        needed += size_to_keep(batch, cut(message->key)) +
                  size_to_keep(batch, cut(message->value)) + size_to_keep(batch, message->headers);
    if (batch->row_count + batch->dead_letter_count + count > BATCH_ROWS ||
        batch->replayed_count + count > BATCH_ROWS)
        return false;
    return needed <= batch->bytes_size || grow_bytes(batch, needed);
}

/* The number of a label, STRING_SET_NONE for an absent one; false when the table is full. */
static bool add_label(struct string_set *table, struct slice label, uint32_t *number)
{
    bool is_new;

    *number = STRING_SET_NONE;
    if (label.length == 0)
        return true;
    *number = string_set_add(table, label.data, label.length, &is_new);
    return *number != STRING_SET_NONE;
}

static bool add_product(struct batch *batch, const struct event *event, uint32_t *number)
{
    char joined[3 * (EVENT_LABEL_MAX + 1)];
    const struct slice parts[] = {event->vendor, event->product, event->version};
    size_t length = 0;

    *number = STRING_SET_NONE;
    if (parts[0].length + parts[1].length + parts[2].length == 0)
        return true;
    for (int i = 0; i < 3; i++) {
        if (parts[i].length > 0)
            memcpy(joined + length, parts[i].data, parts[i].length);
        length += parts[i].length;
        joined[length++] = '\0';
    }
    return add_label(&batch->products, (struct slice){joined, length}, number);
}

/* False when there are too many MaxMind DBs. */
static bool add_country_origin(struct batch *batch, const struct event *event, uint8_t *origin)
{
    uint32_t number = 0;

    if (event->has_own_country || event->geoip == NULL) {
        *origin = event->has_own_country ? BATCH_COUNTRY_OWN : BATCH_COUNTRY_NOT_LOOKED_UP;
        return true;
    }
    while (number < batch->geoip_build_count &&
           memcmp(&batch->geoip_builds[number], event->geoip, sizeof(*event->geoip)) != 0)
        number++;
    if (number == BATCH_GEOIP_BUILDS)
        return false;
    if (number == batch->geoip_build_count)
        batch->geoip_builds[batch->geoip_build_count++] = *event->geoip;
    *origin = (uint8_t)(BATCH_COUNTRY_LOOKED_UP + number);
    return true;
}

/* Everything but the numbers of the labels and the origin of the country. */
static void fill_row(struct batch_row *row, const struct event *event)
{
    row->time_us = event->time_us;
    row->address_family = (uint8_t)event->address_family;
    row->has_sha256 = event->has_sha256;
    memcpy(row->device, event->device, sizeof(row->device));
    memcpy(row->id, event->id, sizeof(row->id));
    memcpy(row->country, event->country, sizeof(row->country));
    memcpy(row->address, event->address, sizeof(row->address));
    memcpy(row->sha256, event->sha256, sizeof(row->sha256));
}

bool batch_add_event(struct batch *batch, const struct event *event, const struct message *message)
{
    struct batch_row *row = &batch->rows[batch->row_count];

    /* Only heartbeats have no name. */
    if (!has_room(batch, message, 1, 0) || !add_label(&batch->names, event->name, &row->name) ||
        !add_label(&batch->actions, event->action, &row->action) ||
        !add_label(&batch->systems, event->os, &row->os) ||
        !add_label(&batch->segments, event->segment, &row->segment) ||
        !add_product(batch, event, &row->product) ||
        !add_country_origin(batch, event, &row->country_origin))
        return false;
    fill_row(row, event);
    if (message->dead_letter_id != 0)
        batch->replayed[batch->replayed_count++] =
            (struct batch_replayed){message->dead_letter_id, batch->row_count};
    batch->messages[batch->row_count++] = keep_message(batch, message);
    return true;
}

bool batch_add_dead_letter(struct batch *batch, const struct rejection *why,
                           const struct message *message)
{
    size_t detail_size = strlen(why->detail) + 1;

    if (!has_room(batch, message, 1, detail_size))
        return false;

    struct slice detail = keep(batch, (struct slice){why->detail, detail_size});

    batch->dead_letters[batch->dead_letter_count++] =
        (struct batch_dead_letter){keep_message(batch, message), why->reason, detail.data};
    return true;
}

/* ---- the elements of one message */

/* The shortest text of an event: of a format that has one-letter keys for its time and its name. */
#define EVENT_BYTES_MIN 18

/* Room for strings that are all new, of `count` events. */
static bool has_strings_left(const struct string_set *set, size_t count, size_t length_max)
{
    return count <= set->capacity - set->count &&
           count * length_max <= set->bytes_size - set->bytes_used;
}

/* Found out before anything is added. The strings of one message fit an empty batch: there are
 * EVENT_MESSAGE_MAX / EVENT_BYTES_MIN of them at most, and what of a product is not the same in all
 * stands in the message. */
static bool has_room_for_labels(const struct batch *batch, size_t bytes, uint32_t count)
{
    size_t events = bytes / EVENT_BYTES_MIN < count ? bytes / EVENT_BYTES_MIN : count;

    return batch->row_count + batch->dead_letter_count == 0 ||
           (has_strings_left(&batch->names, events, EVENT_NAME_MAX) &&
            has_strings_left(&batch->products, events, 3 * (EVENT_LABEL_MAX + 1)) &&
            has_strings_left(&batch->actions, events, EVENT_LABEL_MAX) &&
            has_strings_left(&batch->systems, events, EVENT_LABEL_MAX) &&
            has_strings_left(&batch->segments, events, EVENT_LABEL_MAX));
}

bool batch_begin_elements(struct batch *batch, const struct message *message, uint32_t count,
                          struct batch_elements *out)
{
    if (!has_room_for_labels(batch, message->value.length, count) ||
        !has_room(batch, message, count, (size_t)count * REJECTION_DETAIL_SIZE))
        return false;
    *out = (struct batch_elements){
        .whole = *message,
        .copies_left = EVENT_MESSAGE_MAX,
        .row_count = batch->row_count,
        .dead_letter_count = batch->dead_letter_count,
        .replayed_count = batch->replayed_count,
        .bytes_used = batch->bytes_used,
        .bad_addresses = batch->bad_addresses,
        .addresses = batch->addresses,
        .unlocated = batch->unlocated,
        .names = batch->names.count,
        .products = batch->products.count,
        .actions = batch->actions.count,
        .systems = batch->systems.count,
        .segments = batch->segments.count,
    };
    if (message->dead_letter_id == 0) {
        out->whole.key = keep(batch, cut(message->key));
        out->whole.headers = keep(batch, message->headers);
    }
    return true;
}

struct message batch_element(struct batch_elements *elements, uint32_t number, struct slice value,
                             bool rejected)
{
    struct message message = elements->whole;
    size_t copied = message.key.length + message.headers.length;

    message.element = number;
    message.value = value;
    if (copied <= elements->copies_left) {
        elements->copies_left -= copied;
    } else if (!rejected || elements->has_dead_letter) {
        message.key = (struct slice){NULL, 0};
        message.headers = (struct slice){NULL, 0};
    }
    elements->has_dead_letter = elements->has_dead_letter || rejected;
    return message;
}

void batch_undo_elements(struct batch *batch, const struct batch_elements *elements)
{
    batch->row_count = elements->row_count;
    batch->dead_letter_count = elements->dead_letter_count;
    batch->replayed_count = elements->replayed_count;
    batch->bytes_used = elements->bytes_used;
    batch->bad_addresses = elements->bad_addresses;
    batch->addresses = elements->addresses;
    batch->unlocated = elements->unlocated;
    string_set_shrink(&batch->names, elements->names);
    string_set_shrink(&batch->products, elements->products);
    string_set_shrink(&batch->actions, elements->actions);
    string_set_shrink(&batch->systems, elements->systems);
    string_set_shrink(&batch->segments, elements->segments);
}

struct batch_progress *batch_progress_of(struct batch *batch, struct origin *origin)
{
    uint32_t *number = &batch->progress_at[origin->place_in_source];

    if (*number == 0) {
        batch->progress[batch->progress_count] =
            (struct batch_progress){.origin = origin, .last_offset = -1};
        *number = ++batch->progress_count;
    }
    return &batch->progress[*number - 1];
}

/* The length of the longest part of a text that fits `room` bytes and splits no character of UTF-8,
 * nor keeps one that was split before: PostgreSQL would refuse the dead letter, too. */
static size_t whole_characters(const char *text, size_t room)
{
    size_t length = strnlen(text, room);
    size_t start = length;
    unsigned char lead;
    size_t size;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return 0;
    lead = (unsigned char)text[start - 1];
    size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return start - 1 + size <= length ? start - 1 + size : start - 1;
}

/* Forgets the dead letters that hold the event of a row, which is going. */
static void forget_replayed(struct batch *batch, uint32_t row)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < batch->replayed_count; i++) {
        struct batch_replayed each = batch->replayed[i];

        if (each.row == row)
            continue;
        each.row -= each.row > row;
        batch->replayed[kept++] = each;
    }
    batch->replayed_count = kept;
}

/* Keeps a row's message as a dead letter; the row is still there. */
static void add_rejected(struct batch *batch, uint32_t row, enum reject_reason reason,
                         const char *why)
{
    size_t room = batch->bytes_size - batch->bytes_used;
    struct slice detail = {"", 1};

    if (room > 0) {
        detail = keep(batch, (struct slice){why, whole_characters(why, room - 1)});
        batch->bytes[batch->bytes_used++] = '\0';
    }
    batch->dead_letters[batch->dead_letter_count++] =
        (struct batch_dead_letter){batch->messages[row], reason, detail.data};
}

void batch_reject_row(struct batch *batch, uint32_t row, const char *why)
{
    add_rejected(batch, row, REJECT_STORE, why);
    memmove(&batch->rows[row], &batch->rows[row + 1],
            (batch->row_count - row - 1) * sizeof(*batch->rows));
    memmove(&batch->messages[row], &batch->messages[row + 1],
            (batch->row_count - row - 1) * sizeof(*batch->messages));
    batch->row_count--;
    forget_replayed(batch, row);
}

uint32_t batch_reject_rows(struct batch *batch, batch_is_rejected *is_rejected, void *context,
                           enum reject_reason reason, const char *why)
{
    uint32_t count = batch->row_count;
    uint32_t kept = 0;

    for (uint32_t row = 0; row < count; row++) {
        if (is_rejected(context, batch, &batch->rows[row])) {
            if (why != NULL)
                add_rejected(batch, row, reason, why);
            else
                batch->repeated++;
            forget_replayed(batch, kept);
            continue;
        }
        batch->rows[kept] = batch->rows[row];
        batch->messages[kept++] = batch->messages[row];
    }
    batch->row_count = kept;
    return count - kept;
}
