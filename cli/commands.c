#include "cli/commands.h"

#include <stddef.h>

const struct command *const commands[] = {
    &command_ingest,        &command_load,        &command_stats,
    &command_report,        &command_threat_list, &command_threat_set,
    &command_threat_remove, &command_simulate,    &command_demo,
    &command_db_init,       &command_db_migrate,  &command_db_status,
    &command_db_maintain,   &command_db_verify,   NULL,
};
