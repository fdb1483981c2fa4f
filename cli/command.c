#include "cli/command.h"

#include "sql/db.h"

int command_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return EX_OK;
    case STATUS_REJECT:
        return EX_DATAERR;
    case STATUS_RETRY:
        return EX_TEMPFAIL;
    case STATUS_DENIED:
        return EX_NOPERM;
    case STATUS_FATAL:
        return EX_SOFTWARE;
    }
    return EX_SOFTWARE;
}

int command_input_code(enum status status)
{
    return status == STATUS_FATAL ? EX_NOINPUT : command_exit_code(status);
}

enum status command_open_db(const struct options *options, struct db **out, struct error *error)
{
    return db_open(options_value(options, "db"), out, error);
}

bool command_is_given(const struct options *options, const char *name)
{
    const char *value = options_value(options, name);

    return value != NULL && *value != '\0';
}

int command_refused_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return EX_OK;
    case STATUS_RETRY:
        return EX_UNAVAILABLE;
    case STATUS_DENIED:
        return EX_NOPERM;
    case STATUS_REJECT:
    case STATUS_FATAL:
        break;
    }
    return EX_CONFIG;
}

int command_open_ready_db(const struct options *options, enum schema_right right, struct db **out,
                          struct error *error)
{
    struct db *db = NULL;
    enum status status = command_open_db(options, &db, error);

    if (status == STATUS_OK)
        status = schema_check(db, right, error);
    if (status == STATUS_OK)
        *out = db;
    else
        db_close(db);
    return command_refused_code(status);
}

int command_refuse_argument(const char *argument, struct error *error)
{
    error_set(error, STATUS_REJECT, "unexpected argument \"%s\"", argument);
    return EX_USAGE;
}

int command_check_arguments(const struct options *options, size_t minimum, size_t maximum,
                            const char *what, struct error *error)
{
    size_t given = options_arguments(options);

    if (given > maximum)
        return command_refuse_argument(options_argument(options, maximum), error);
    if (given < minimum) {
        error_set(error, STATUS_REJECT, "%s is missing; see --help", what);
        return EX_USAGE;
    }
    return EX_OK;
}

int command_refuse_arguments(const struct options *options, struct error *error)
{
    return command_check_arguments(options, 0, 0, "", error);
}
