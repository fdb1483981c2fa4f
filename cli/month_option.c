#include "cli/month_option.h"

#include "text/month_reading.h"

enum status month_option(const struct options *options, const char *name, month_t *out,
                         struct error *error)
{
    const char *text = options_value(options, name);
    char answer[128];

    if (text == NULL || month_parse(text, out))
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "--%s %.200s: %s", name, text,
                     month_reading(text, answer, sizeof(answer)));
}
