/* The order in which the rows of a batch go to PostgreSQL. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/store/detections.h"

/* What calendar_month covers. */
#define OLDEST_US INT64_C(946684800000000)
#define NEWEST_US INT64_C(4133980799999999)

static struct detections detections;
static struct batch_row rows[BATCH_ROWS];

static int compare(const struct batch_row *a, const struct batch_row *b)
{
    int order = (a->time_us > b->time_us) - (a->time_us < b->time_us);

    if (order == 0)
        order = memcmp(a->device, b->device, sizeof(a->device));
    return order != 0 ? order : memcmp(a->id, b->id, sizeof(a->id));
}

/* Rows of `span` different times from `start` on, a few devices and any ids. */
static struct batch make_rows(uint32_t count, int64_t start, int64_t span)
{
    uint64_t random = 1;

    for (uint32_t i = 0; i < count; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        rows[i].time_us = start + (int64_t)((random >> 8) % (uint64_t)span);
        rows[i].device[0] = (uint8_t)(random >> 50) % 4;
        memcpy(rows[i].id, &random, sizeof(random));
    }
    return (struct batch){.rows = rows, .row_count = count};
}

static void check_order(const struct batch *batch)
{
    bool seen[BATCH_ROWS] = {false};

    detections_sort(&detections, batch);
    for (uint32_t i = 0; i < batch->row_count; i++) {
        seen[detections.order[i] - rows] = true;
        ck_assert(i == 0 || compare(detections.order[i - 1], detections.order[i]) <= 0);
    }
    for (uint32_t i = 0; i < batch->row_count; i++)
        ck_assert(seen[i]);
}

static const struct {
    uint32_t count;
    int64_t start;
    int64_t span;
} sorted[] = {
    {0, OLDEST_US, 1},
    {1, OLDEST_US, 1},
    {2, NEWEST_US - 1, 2},
    {BATCH_ROWS, OLDEST_US, 1},                                   /* all at once */
    {BATCH_ROWS, NEWEST_US - 99, 100},                            /* many at once */
    {BATCH_ROWS, INT64_C(1378000000000000), INT64_C(3600000000)}, /* an hour */
    {BATCH_ROWS, OLDEST_US, NEWEST_US - OLDEST_US},
};
#define CASES (int)(sizeof(sorted) / sizeof(sorted[0]))

START_TEST(rows_are_sorted_by_the_key)
{
    const struct batch batch = make_rows(sorted[_i].count, sorted[_i].start, sorted[_i].span);

    check_order(&batch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("detections");
    TCase *cases = tcase_create("order");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, rows_are_sorted_by_the_key, 0, CASES);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
