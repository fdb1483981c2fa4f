#include "cli/written.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/log.h"
#include "process/viewer.h"

/* Pages before paper, paper before what is worked with; pictures were not asked for. */
static const char *const preferred[] = {"html", "pdf", "xlsx", "md", "text", "csv", "json"};

#define PREFERRED (sizeof(preferred) / sizeof(*preferred))

static size_t rank_of(const char *format)
{
    size_t rank = 0;

    while (rank < PREFERRED && strcmp(preferred[rank], format) != 0)
        rank++;
    return rank;
}

void written_say(void *context, const char *path, const struct rendered_file *file)
{
    struct written *written = context;
    size_t rank = rank_of(file->format);

    log_progress_end();
    puts(path);
    if (*written->best != '\0' && rank >= written->rank)
        return;
    snprintf(written->best, sizeof(written->best), "%s", path);
    written->rank = rank;
}

int written_open(const char *path, struct error *error)
{
    struct viewing viewing;
    struct error why;

    fflush(stdout);
    if (viewer_show(path, &viewing, &why) != STATUS_OK) {
        error_set(error, STATUS_REJECT,
                  "%.600s is written, but not shown: %.200s; open it yourself", path, why.message);
        return EX_UNAVAILABLE;
    }
    if (viewing.goes_on)
        log_say(LOG_LEVEL_INFO, NULL, "%s shows %s; it has not ended after %d seconds, and goes on",
                viewing.viewer, path, VIEWER_WAIT_S);
    else
        log_say(LOG_LEVEL_INFO, NULL, "%s shows %s", viewing.viewer, path);
    if (viewing.no_screen)
        log_say(LOG_LEVEL_INFO, NULL,
                "there seems to be no screen here (DISPLAY and WAYLAND_DISPLAY are not set): if "
                "nothing appears, copy the file to a machine that has one");
    return EX_OK;
}

int written_show(const struct written *written, bool is_asked, int code, struct error *error)
{
    struct error why;

    if (!is_asked || *written->best == '\0' || (code != EX_OK && code != EX_UNAVAILABLE))
        return code;
    if (code == EX_OK)
        return written_open(written->best, error);
    if (written_open(written->best, &why) != EX_OK)
        log_say(LOG_LEVEL_WARNING, NULL, "%s", why.message);
    return code;
}
