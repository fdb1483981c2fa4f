/* The colours of pages and charts, measured: contrast as WCAG 2 defines it, and how far series are
 * apart for each kind of colour vision. */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reports/charts/palette.h"

/* WCAG 2.1: 1.4.3 and 1.4.11. */
#define TEXT_CONTRAST 4.5
#define MARK_CONTRAST 3.0

/* CIE 1976: 2.3 is the least that is seen side by side; areas that a legend names need more. */
#define SERIES_APART 15.0

enum tone { LIGHT, DARK, TONES };

struct light {
    double red, green, blue; /* linear, 0 to 1 */
};

static const char *tone_of(const struct palette_color *color, enum tone tone)
{
    return tone == LIGHT ? color->light : color->dark;
}

static double linear(const char *digits)
{
    const char two[] = {digits[0], digits[1], '\0'};
    double value = (double)strtoul(two, NULL, 16) / 255;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static struct light light_of(const char *color)
{
    return (struct light){linear(color), linear(color + 2), linear(color + 4)};
}

static double contrast(const char *one, const char *other)
{
    struct light a = light_of(one);
    struct light b = light_of(other);
    double of_a = 0.2126 * a.red + 0.7152 * a.green + 0.0722 * a.blue + 0.05;
    double of_b = 0.2126 * b.red + 0.7152 * b.green + 0.0722 * b.blue + 0.05;

    return of_a > of_b ? of_a / of_b : of_b / of_a;
}

/* Machado, Oliveira and Fernandes 2009, at full strength; the first is common vision. */
#define VISIONS 4
static const double visions[VISIONS][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};

static double seen(const double row[3], struct light light)
{
    return fmin(1, fmax(0, row[0] * light.red + row[1] * light.green + row[2] * light.blue));
}

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static void to_lab(const char *color, int vision, double lab[3])
{
    struct light light = light_of(color);
    double red = seen(visions[vision][0], light);
    double green = seen(visions[vision][1], light);
    double blue = seen(visions[vision][2], light);
    double x = lab_curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
    double y = lab_curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    double z = lab_curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);

    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static double apart(const char *one, const char *other, int vision)
{
    double a[3];
    double b[3];

    to_lab(one, vision, a);
    to_lab(other, vision, b);
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

static const struct palette_color *find(const char *name)
{
    const struct palette_color *color = palette;

    while (color->name != NULL && strcmp(color->name, name) != 0)
        color++;
    ck_assert_ptr_nonnull(color->name);
    return color;
}

static void check_contrast(const struct palette_color *color, const char *ground, double least)
{
    for (enum tone tone = LIGHT; tone < TONES; tone++) {
        double found = contrast(tone_of(color, tone), tone_of(find(ground), tone));

        ck_assert_msg(found >= least, "%s on %s, %s: %.2f, less than %.1f", color->name, ground,
                      tone == LIGHT ? "light" : "dark", found, least);
    }
}

START_TEST(contrast_is_measured_as_wcag_does)
{
    ck_assert_double_eq_tol(contrast("000000", "ffffff"), 21, 1e-9);
    ck_assert_double_eq_tol(contrast("ffffff", "999999"), 2.85, 0.005);
    ck_assert_double_eq_tol(contrast("777777", "777777"), 1, 1e-9);
}
END_TEST

START_TEST(text_and_marks_are_seen_on_what_they_stand_on)
{
    for (const struct palette_color *color = palette; color->name != NULL; color++) {
        if (color->use == PALETTE_IS_TEXT) {
            check_contrast(color, "paper", TEXT_CONTRAST);
            check_contrast(color, "ground", TEXT_CONTRAST);
        }
        if (color->use == PALETTE_IS_MARK || color->use == PALETTE_IS_SERIES)
            check_contrast(color, "paper", MARK_CONTRAST);
    }
}
END_TEST

START_TEST(series_are_told_apart_by_every_kind_of_colour_vision)
{
    for (const struct palette_color *one = palette; one->name != NULL; one++)
        for (const struct palette_color *other = palette; other < one; other++)
            for (int at = 0; at < VISIONS * TONES; at++) {
                enum tone tone = at % TONES == 0 ? LIGHT : DARK;

                if (one->use != PALETTE_IS_SERIES || other->use != PALETTE_IS_SERIES)
                    continue;
                ck_assert_msg(apart(tone_of(one, tone), tone_of(other, tone), at / TONES) >=
                                  SERIES_APART,
                              "%s and %s look alike: vision %d, tone %d", one->name, other->name,
                              at / TONES, (int)tone);
            }
}
END_TEST

/* The page finds a colour by its light tone. */
START_TEST(no_light_tone_stands_for_two_dark_ones)
{
    for (const struct palette_color *one = palette; one->name != NULL; one++)
        for (const struct palette_color *other = palette; other < one; other++)
            ck_assert_msg(strcmp(one->light, other->light) != 0, "%s and %s", one->name,
                          other->name);
}
END_TEST

START_TEST(colours_are_six_small_digits)
{
    for (const struct palette_color *color = palette; color->name != NULL; color++)
        for (enum tone tone = LIGHT; tone < TONES; tone++) {
            ck_assert_uint_eq(strlen(tone_of(color, tone)), 6);
            ck_assert_uint_eq(strspn(tone_of(color, tone), "0123456789abcdef"), 6);
        }
}
END_TEST

/* The darker the screen, the lighter is much; each step is further from "no figure". */
START_TEST(steps_go_one_way)
{
    static const char *const steps[] = {"step-1", "step-2", "step-3", "step-4", "step-5"};

    _Static_assert(sizeof(steps) / sizeof(*steps) == PALETTE_STEPS, "all of them");
    for (size_t i = 1; i < PALETTE_STEPS; i++)
        for (enum tone tone = LIGHT; tone < TONES; tone++) {
            const char *paper = tone_of(find("paper"), tone);

            ck_assert_double_gt(contrast(tone_of(find(steps[i]), tone), paper),
                                contrast(tone_of(find(steps[i - 1]), tone), paper) + 0.3);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("palette");
    TCase *cases = tcase_create("palette");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(cases, contrast_is_measured_as_wcag_does);
    tcase_add_test(cases, text_and_marks_are_seen_on_what_they_stand_on);
    tcase_add_test(cases, series_are_told_apart_by_every_kind_of_colour_vision);
    tcase_add_test(cases, no_light_tone_stands_for_two_dark_ones);
    tcase_add_test(cases, colours_are_six_small_digits);
    tcase_add_test(cases, steps_go_one_way);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
