/* `kansen completion` and `kansen manual`: what shells and man are given. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/guide/completion.h"
#include "cli/guide/manual.h"
#include "cli/lookup.h"
#include "cli/option_notes.h"

#define SHELLS_MAX 8

static int run_completion(const struct options *options, struct error *error)
{
    const char *shell = options_argument(options, 0);
    const char *known[SHELLS_MAX] = {NULL};
    int code = command_check_arguments(options, 1, 1, "SHELL: bash, zsh or fish", error);

    if (code != EX_OK || completion_script(stdout, shell))
        return code;
    for (size_t i = 0; i < SHELLS_MAX - 1 && completion_shell_at(i) != NULL; i++)
        known[i] = completion_shell_at(i);
    (void)option_refuse_word(NULL, shell, strlen(shell), known, error);
    return EX_USAGE;
}

static enum status write_page(const char *folder, const struct command *command,
                              struct error *error)
{
    char name[64];
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/%s", folder,
                          manual_file_name(command, name, sizeof(name)));
    FILE *file = (size_t)length < sizeof(path) ? fopen(path, "we") : NULL;
    bool failed;

    if (file == NULL)
        return error_set(error, STATUS_FATAL, "%.900s: %s", path, strerror(errno));
    manual_page(file, command);
    failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    return failed ? error_set(error, STATUS_FATAL, "%.900s: %s", path, strerror(errno)) : STATUS_OK;
}

static int write_pages(const char *folder, struct error *error)
{
    enum status status = write_page(folder, NULL, error);

    for (size_t i = 0; status == STATUS_OK && commands[i] != NULL; i++)
        status = write_page(folder, commands[i], error);
    return status == STATUS_OK ? EX_OK : EX_CANTCREAT;
}

static int run_manual(const struct options *options, struct error *error)
{
    const char *folder = options_value(options, "output");
    const char *first = options_argument(options, 0);
    const char *second = options_argument(options, 1);
    const struct command *command = NULL;
    int words = 0;
    int code = command_check_arguments(options, 0, folder == NULL ? 2 : 0, "", error);

    if (code != EX_OK)
        return code;
    if (folder != NULL)
        return write_pages(folder, error);
    if (first != NULL)
        command = lookup_command(first, second, &words);
    if (first != NULL && command == NULL)
        return lookup_refuse(first, second);
    if (second != NULL && words == 1)
        return command_refuse_argument(second, error);
    manual_page(stdout, command);
    return EX_OK;
}

static const char *const completion_options[] = {NULL};
static const char *const manual_options[] = {"output", NULL};

const struct command command_completion = {
    .name = "completion",
    .arguments = "SHELL",
    .summary = "write a script with which a shell completes commands",
    .details = "SHELL is bash, zsh or fish. An installed kansen brings them along; else\n\n"
               "  bash: source <(kansen completion bash)        in ~/.bashrc\n"
               "  zsh:  source <(kansen completion zsh)         in ~/.zshrc, behind compinit\n"
               "  fish: kansen completion fish | source         in config.fish\n",
    .options = completion_options,
    .run = run_completion,
    .examples = COMMAND_EXAMPLES("kansen completion bash", "kansen completion zsh > _kansen"),
};

const struct command command_manual = {
    .name = "manual",
    .arguments = "[COMMAND]",
    .summary = "write the manual page of kansen, or of a command",
    .details =
        "The page goes to standard output, for man. With --output, those of all commands are\n"
        "written into a folder, which is there already. An installed kansen brings them along:\n"
        "`man kansen`, `man kansen-stats`.\n",
    .options = manual_options,
    .run = run_manual,
    .examples = COMMAND_EXAMPLES("kansen manual stats", "kansen manual stats | man -l -",
                                 "kansen manual -o ~/.local/share/man/man1"),
};
