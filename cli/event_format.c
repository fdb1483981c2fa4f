#include "cli/event_format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "config/keyfile.h"
#include "ingest/event/decode.h"
#include "ingest/event/formats/embedded.h"
#include "text/nearest.h"

#define OWN_FORMAT "kansen"

/* The names of formats, one after the other; NULL behind the last. */
static const char *format_at(size_t index)
{
    return index == 0 ? OWN_FORMAT : embedded_formats[index - 1].name;
}

/* A text of it may be stored with every event. */
static enum status read_line(void *mapping, const char *section, const char *key, const char *value,
                             struct error *error)
{
    if (!decode_is_utf8(key, strlen(key)) || !decode_is_utf8(value, strlen(value)))
        return error_set(error, STATUS_REJECT, "not UTF-8");
    return mapping_line(mapping, section, key, value, error);
}

static int refuse(const char *name, struct error *error)
{
    struct nearest nearest;
    char question[160];

    nearest_start(&nearest, name);
    for (size_t i = 0; format_at(i) != NULL; i++)
        nearest_offer(&nearest, format_at(i));
    error_set(error, STATUS_REJECT,
              "--event-format %s: no such format or file%s; formats are " OWN_FORMAT
              ", " EMBEDDED_FORMAT_NAMES,
              name, nearest_question(&nearest, "", question, sizeof(question)));
    return EX_USAGE;
}

static enum status read_format(const char *name, const char *text, enum event_kind kind,
                               struct mapping *mapping, struct error *error)
{
    struct error why = {""};
    enum status status = text == NULL ? keyfile_read(name, read_line, mapping, error)
                                      : keyfile_read_text(text, name, read_line, mapping, error);

    if (status != STATUS_OK)
        return status;
    status = mapping_finish(mapping, kind, &why);
    return status == STATUS_OK ? STATUS_OK
                               : error_set(error, status, "%s: %.900s", name, why.message);
}

/* OCSF and ECS are formats of alerts, and say under [only] what is one. */
static int refuse_alerts(const char *name, struct error *error)
{
    error_set(
        error, STATUS_REJECT,
        "--event-format %s is a format of alerts, not of heartbeats; those are read as " OWN_FORMAT
        ", cloudevents, or by a file of your own",
        name);
    return EX_USAGE;
}

int event_format_open(const char *name, enum event_kind kind, struct mapping **out,
                      struct error *error)
{
    const char *text = NULL;
    enum status status;

    *out = NULL;
    if (name == NULL || strcmp(name, OWN_FORMAT) == 0)
        return EX_OK;
    for (size_t i = 0; embedded_formats[i].name != NULL; i++)
        if (strcmp(embedded_formats[i].name, name) == 0)
            text = embedded_formats[i].text;
    if (text != NULL && kind == EVENT_HEARTBEAT && strstr(text, "[only]") != NULL)
        return refuse_alerts(name, error);
    if (text == NULL && access(name, F_OK) != 0)
        return refuse(name, error);
    *out = mapping_new();
    if (*out == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    status = read_format(name, text, kind, *out, error);
    if (status == STATUS_OK)
        return EX_OK;
    mapping_free(*out);
    *out = NULL;
    return EX_CONFIG;
}
