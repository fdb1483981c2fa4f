/* `kansen status`: is a worker well? */
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/worker_status.h"

static int run(const struct options *options, struct error *error)
{
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (!command_is_given(options, "worker")) {
        error_set(error, STATUS_REJECT, "which worker? --worker [HOST:]PORT is needed");
        return EX_USAGE;
    }
    return worker_status_print(options, error);
}

static const char *const option_names[] = {"worker", NULL};

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = "ask a worker how it is",
    .details =
        "Asks a worker that was started with --listen, and ends with 0 when it is ready: "
        "connected\n"
        "to PostgreSQL and Kafka, its partitions taken, its loop turning. Ends with 69 when it is\n"
        "not, and says what it waits for, or when nobody answers there.\n",
    .options = option_names,
    .run = run,
    .examples =
        COMMAND_EXAMPLES("kansen status --worker 9464", "kansen status --worker kansen-1:9464"),
};
