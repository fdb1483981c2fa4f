#include "ingest/store/admissions.h"

#include <string.h>

#include "sql/embedded.h"

/* Of a number that is known: the month's first day, the dimension, the label. */
#define DAY_SHIFT 40
#define DIMENSION_SHIFT 32

/* Labels of a sighting that need a decision: all but the country. */
#define LABELS (DIMENSIONS - 2)

enum status admissions_init(struct admissions *admissions, struct error *error)
{
    memset(admissions, 0, sizeof(*admissions));
    return number_set_init(&admissions->known, ADMISSIONS_MAX, error);
}

void admissions_clear(struct admissions *admissions)
{
    number_set_clear(&admissions->known);
    for (int i = 0; i < ADMISSIONS_ARRAYS; i++)
        array_clear(&admissions->arrays[i]);
    memset(admissions, 0, sizeof(*admissions));
}

void admissions_forget(struct admissions *admissions)
{
    number_set_reset(&admissions->known);
    admissions->decided = 0;
}

bool admissions_has_room(const struct admissions *admissions)
{
    return admissions->known.count + LABELS <= ADMISSIONS_MAX;
}

void admissions_want(struct admissions *admissions, int32_t first_day, enum dimension dimension,
                     int32_t label)
{
    uint64_t number =
        (uint64_t)first_day << DAY_SHIFT | (uint64_t)dimension << DIMENSION_SHIFT | (uint32_t)label;

    if (label > 0 && dimension != DIMENSION_COUNTRY)
        number_set_add(&admissions->known, number);
}

void admissions_want_all(struct admissions *admissions, int32_t first_day,
                         const struct sighting_labels *labels)
{
    admissions_want(admissions, first_day, DIMENSION_NAME, labels->name_id);
    admissions_want(admissions, first_day, DIMENSION_PRODUCT, labels->product_id);
    admissions_want(admissions, first_day, DIMENSION_OS, labels->os_id);
    admissions_want(admissions, first_day, DIMENSION_SEGMENT, labels->segment_id);
}

static void add_wanted(struct admissions *admissions, int32_t first_day, int dimension,
                       int32_t label)
{
    const int64_t items[ADMISSIONS_ARRAYS] = {first_day, dimension, label};

    for (int i = 0; i < ADMISSIONS_ARRAYS; i++)
        array_add_int64(&admissions->arrays[i], items[i]);
    if (dimension == DIMENSION_PRODUCT)
        add_wanted(admissions, first_day, DIMENSION_VERSION, label);
}

static enum status ask(struct admissions *admissions, struct db *db, struct error *error)
{
    const char *parameters[ADMISSIONS_ARRAYS];

    for (int i = 0; i < ADMISSIONS_ARRAYS; i++)
        array_reset(&admissions->arrays[i]);
    for (uint32_t i = admissions->decided; i < admissions->known.count; i++) {
        uint64_t number = admissions->known.numbers[i];

        add_wanted(admissions, (int32_t)(number >> DAY_SHIFT),
                   (int)(number >> DIMENSION_SHIFT & ((1 << (DAY_SHIFT - DIMENSION_SHIFT)) - 1)),
                   (int32_t)(uint32_t)number);
    }
    for (int i = 0; i < ADMISSIONS_ARRAYS; i++) {
        parameters[i] = array_text(&admissions->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    return db_query(db, sql_values_admit, ADMISSIONS_ARRAYS, parameters, NULL, error);
}

enum status admissions_decide(struct admissions *admissions, struct db *db, struct error *error)
{
    enum status status = STATUS_OK;

    if (admissions->decided < admissions->known.count)
        status = ask(admissions, db, error);
    admissions->decided = admissions->known.count;
    if (status != STATUS_OK || !admissions_has_room(admissions))
        admissions_forget(admissions);
    return status;
}
