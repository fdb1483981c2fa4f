#include "cli/edition_writing.h"

#include "cli/command.h"
#include "cli/log.h"
#include "reports/stage.h"

static void say_of(const struct edition *edition, size_t made)
{
    char name[EDITION_NAME_SIZE];

    edition_name(edition, name);
    if (edition->withdrawn != NULL)
        log_say(LOG_LEVEL_WARNING, NULL, "%s was withdrawn at %s: %s", name, edition->withdrawn,
                edition->withdrawn_reason);
    if (made > 0)
        log_say(LOG_LEVEL_INFO, NULL,
                "%s: %zu file%s not published with it, and %s made of its stored figures", name,
                made, made == 1 ? " was" : "s were", made == 1 ? "is" : "are");
}

static int write_files(const char *folder, const struct rendering *rendering,
                       struct written *written, struct error *error)
{
    struct stage *stage = NULL;
    enum status status = stage_files(folder, rendering, &stage, error);

    if (status == STATUS_OK)
        status = stage_keep(stage, written_say, written, error);
    stage_end(stage);
    return status == STATUS_OK ? EX_OK : EX_CANTCREAT;
}

int edition_writing(struct db *db, const struct edition *edition, const struct edition_wish *wish,
                    const char *folder, struct written *written, struct error *error)
{
    struct rendering rendering = {NULL, 0};
    size_t made = 0;
    enum status status = edition_render(db, edition, wish, &rendering, &made, error);
    int code = command_exit_code(status);

    progress_end(wish->progress);
    if (status == STATUS_OK)
        code = write_files(folder, &rendering, written, error);
    if (code == EX_OK)
        say_of(edition, made);
    rendering_clear(&rendering);
    return code;
}
