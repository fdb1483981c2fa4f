#include "cli/commands.h"

#include <stddef.h>

const struct command *const commands[] = {
    &command_load,
    &command_db_init,
    &command_db_migrate,
    &command_db_status,
    &command_db_maintain,
    &command_db_verify,
    NULL,
};
