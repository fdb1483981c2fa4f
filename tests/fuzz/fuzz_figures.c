/* The figures of an edition, as they lie in the database: what is read can be written, and comes
 * back as it was; anything else is refused with the member that it is about. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "stats/figures_json.h"

static char *copy(const unsigned char *data, size_t size)
{
    char *text = malloc(size + 1);

    CHECK(text != NULL, "out of memory");
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static char *write_figures(const struct figures *figures)
{
    struct error error = {""};
    char *text = NULL;

    CHECK(figures_to_json(figures, &text, &error) == STATUS_OK, "%s", error.message);
    return text;
}

static void check_there_and_back(struct figures *figures)
{
    char *written = write_figures(figures);
    struct figures *again = NULL;
    struct error error = {""};
    char *rewritten;

    CHECK(figures_from_json(written, &again, &error) == STATUS_OK, "%s: %s", error.message,
          written);
    rewritten = write_figures(again);
    CHECK(strcmp(written, rewritten) == 0, "%s became %s", written, rewritten);
    free(written);
    free(rewritten);
    figures_free(again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = copy(data, size);
    struct figures *figures = NULL;
    struct error error = {""};
    enum status status = figures_from_json(text, &figures, &error);

    if (status == STATUS_OK) {
        check_there_and_back(figures);
        figures_free(figures);
    } else {
        CHECK(status == STATUS_REJECT && error.message[0] != '\0' && figures == NULL,
              "refused without a word: %s", text);
    }
    free(text);
    return 0;
}
