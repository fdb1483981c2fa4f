#include "cli/commands.h"

#include <stddef.h>

/* One a line, in the order of `kansen --help`. */
/* clang-format off */
const struct command *const commands[] = {
    &command_ingest,
    &command_load,
    &command_stats,
    &command_report,
    &command_publish,
    &command_editions_list,
    &command_editions_show,
    &command_editions_diff,
    &command_editions_render,
    &command_editions_withdraw,
    &command_site,
    &command_threat_list,
    &command_threat_set,
    &command_threat_remove,
    &command_dead_letters_list,
    &command_dead_letters_show,
    &command_dead_letters_replay,
    &command_dead_letters_relay,
    &command_dead_letters_remove,
    &command_status,
    &command_db_init,
    &command_db_migrate,
    &command_db_status,
    &command_db_check,
    &command_db_maintain,
    &command_db_verify,
    &command_db_reread,
    &command_db_retire,
    &command_db_relocate,
    &command_db_export,
    &command_db_forget,
    &command_db_distribute,
    &command_geoip_check,
    &command_simulate,
    &command_demo,
    &command_config,
    &command_help,
    &command_version,
    &command_completion,
    &command_manual,
    NULL,
};
/* clang-format on */

_Static_assert(sizeof(commands) / sizeof(commands[0]) <= COMMANDS_MAX, "names have no room");
