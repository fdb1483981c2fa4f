/* Every command of the program: each a record in cmd_NAME.c, listed in commands.c. */
#ifndef KANSEN_CLI_COMMANDS_H
#define KANSEN_CLI_COMMANDS_H

#include "cli/command.h"

/* Room for names of all of them. */
#define COMMANDS_MAX 64

extern const struct command command_ingest;
extern const struct command command_load;
extern const struct command command_status;
extern const struct command command_stats;
extern const struct command command_report;
extern const struct command command_publish;
extern const struct command command_editions_list;
extern const struct command command_editions_show;
extern const struct command command_editions_diff;
extern const struct command command_editions_render;
extern const struct command command_editions_withdraw;
extern const struct command command_site;
extern const struct command command_status;
extern const struct command command_threat_list;
extern const struct command command_threat_set;
extern const struct command command_threat_remove;
extern const struct command command_dead_letters_list;
extern const struct command command_dead_letters_show;
extern const struct command command_dead_letters_replay;
extern const struct command command_dead_letters_relay;
extern const struct command command_dead_letters_remove;
extern const struct command command_geoip_check;
extern const struct command command_simulate;
extern const struct command command_demo;
extern const struct command command_db_init;
extern const struct command command_db_migrate;
extern const struct command command_db_status;
extern const struct command command_db_check;
extern const struct command command_db_maintain;
extern const struct command command_db_verify;
extern const struct command command_db_reread;
extern const struct command command_db_relocate;
extern const struct command command_db_export;
extern const struct command command_db_forget;
extern const struct command command_db_distribute;
extern const struct command command_config;
extern const struct command command_db_retire;
extern const struct command command_help;
extern const struct command command_version;
extern const struct command command_completion;
extern const struct command command_manual;

/* In the order in which they are listed; ends with NULL. */
extern const struct command *const commands[];

#endif
