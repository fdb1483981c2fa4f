/* `kansen editions render` and `withdraw`: an edition's files again; that it no longer stands. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/edition_options.h"
#include "cli/edition_writing.h"
#include "cli/log.h"
#include "cli/recalled.h"
#include "cli/reporting.h"
#include "cli/written.h"
#include "editions/render.h"

/* ---- render */

static int run_render(const struct options *options, struct error *error)
{
    const char *folder = options_value(options, "output");
    struct reporting_choices formats = {.count = 0};
    struct reporting_choices languages = {.count = 0};
    struct edition_list list = {NULL, 0};
    struct edition *edition = NULL;
    struct written written = {.rank = 0};
    struct db *db = NULL;
    bool every = true;
    int code = reporting_choose_formats(options, &formats, &every, error);

    if (code == EX_OK)
        code = reporting_choose_languages(options, &languages, error);
    if (code == EX_OK)
        code = edition_options_window(options, 1, SCHEMA_READ, &db, &list, error);
    if (code == EX_OK && (edition = edition_options_pick(options, 1, &list, error)) == NULL)
        code = EX_DATAERR;
    if (code == EX_OK)
        code = command_exit_code(edition_files(db, edition, error));
    if (code == EX_OK) {
        const struct edition_wish wish = {
            .languages = languages.words,
            .language_count = options_count(options, "lang") == 0 ? 0 : languages.count,
            .formats = formats.words,
            .format_count = every ? 0 : formats.count,
            .bom = recalled_flag(edition->options, "bom"),
            .progress = reporting_progress()};

        code = edition_writing(db, edition, &wish, folder == NULL ? "." : folder, &written, error);
    }
    edition_list_clear(&list);
    db_close(db);
    return written_show(&written, options_flag(options, "open"), code, error);
}

/* ---- withdraw */

static int withdraw(const struct options *options, const struct edition_list *list, struct db *db,
                    struct error *error)
{
    const struct edition *edition = edition_options_pick(options, 1, list, error);
    char name[EDITION_NAME_SIZE];
    enum status status;

    if (edition == NULL)
        return EX_DATAERR;
    status = edition_withdraw(db, edition, options_value(options, "because"), error);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "%s is withdrawn; it stays listed, with the reason",
                edition_name(edition, name));
    return command_exit_code(status);
}

static int run_withdraw(const struct options *options, struct error *error)
{
    const char *because = options_value(options, "because");
    struct edition_list list = {NULL, 0};
    struct db *db = NULL;
    int code = command_check_arguments(options, 2, 2, "THREAT and NUMBER", error);

    if (code == EX_OK && (because == NULL || because[strspn(because, " \t\n")] == '\0')) {
        error_set(error, STATUS_REJECT, "--because is missing: readers will want to know why");
        code = EX_USAGE;
    }
    if (code == EX_OK)
        code = edition_options_window(options, 1, SCHEMA_PUBLISH, &db, &list, error);
    if (code == EX_OK)
        code = withdraw(options, &list, db, error);
    edition_list_clear(&list);
    db_close(db);
    return code;
}

static const char *const render_options[] = {"db",     "from",   "to",   "lang",
                                             "format", "output", "open", NULL};
static const char *const withdraw_options[] = {"db", "from", "to", "because", NULL};

const struct command command_editions_render = {
    .name = "editions render",
    .arguments = "THREAT [NUMBER]",
    .summary = "write an edition's files again",
    .details = EDITION_HELP
    "\nFiles that were published come bit by bit from the database, held against their digests;\n"
    "what is damaged is named, and nothing is written. Without --lang and --format it is all of\n"
    "them. A language or format that was not published then is made of the stored figures.\n"
    "--open shows the page, or what else was written, in your own viewer, as report does.\n",
    .options = render_options,
    .run = run_render,
    .examples = COMMAND_EXAMPLES("kansen editions render bitcoin-miner -o reports",
                                 "kansen editions render bitcoin-miner 1 --lang de --format html"),
};

const struct command command_editions_withdraw = {
    .name = "editions withdraw",
    .arguments = "THREAT NUMBER",
    .summary = "say that an edition no longer stands, and why",
    .details = EDITION_HELP "\nIt stays listed with the reason, and can still be rendered; nothing "
                            "takes a withdrawal back.\nThe next edition is made by publish "
                            "--restate.\n",
    .options = withdraw_options,
    .run = run_withdraw,
    .examples = COMMAND_EXAMPLES("kansen editions withdraw bitcoin-miner 1 --because 'read twice'"),
};
