#include "config/secrets.h"

#include <string.h>

#include "text/secret_file.h"

/* In libpq's conninfo, blanks may stand in front of =. */
static bool is_given(const char *conninfo, const char *word)
{
    for (const char *at = strstr(conninfo, word); at != NULL; at = strstr(at + 1, word)) {
        const char *behind = at + strlen(word);

        if (behind[strspn(behind, " \t\n\r\f\v")] == '=')
            return true;
    }
    return false;
}

static bool conninfo_holds_password(const char *conninfo)
{
    /* The last two stand for a password as well: PostgreSQL 18 takes them instead. */
    static const char *const words[] = {"password", "secret", "scram_client_key",
                                        "scram_server_key"};
    const char *scheme = strstr(conninfo, "://");
    const char *user = scheme == NULL ? "" : scheme + 3;
    const char *host = strchr(user, '@');

    if (host != NULL && memchr(user, ':', (size_t)(host - user)) != NULL)
        return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (is_given(conninfo, words[i]))
            return true;
    return false;
}

bool secrets_are_in(const char *name, const char *value)
{
    static const char *const words[] = {"password", "passphrase", "secret", "key.pem", "jaas"};
    size_t key_length = strcspn(value, "=");

    if (strcmp(name, "db") == 0)
        return conninfo_holds_password(value);
    if (strcmp(name, OPTION_KAFKA_PROPERTY) != 0)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *found = strstr(value, words[i]);

        if (found != NULL && found < value + key_length)
            return true;
    }
    return false;
}

enum status secrets_check_flag(const char *name, const char *value, struct error *error)
{
    if (!secrets_are_in(name, value))
        return STATUS_OK;
    if (strcmp(name, OPTION_KAFKA_PROPERTY) == 0)
        return error_set(error, STATUS_REJECT,
                         "-X %.*s: a secret does not belong on a command line; put it under "
                         "[kafka] in the file that --config names, a password of SASL into that "
                         "of --sasl-password-file",
                         (int)strcspn(value, "="), value);
    return error_set(error, STATUS_REJECT,
                     "--db: a password does not belong on a command line; use ~/.pgpass, a "
                     "service file or the file that --config names");
}

enum status secrets_check_file(const struct options *options, const char *path, struct error *error)
{
    bool secret = false;

    for (size_t i = 0; i < options->count; i++) {
        const struct setting *setting = &options->settings[i];

        secret = secret || (setting->level == LEVEL_FILE &&
                            secrets_are_in(setting->spec->name, setting->value));
    }
    if (secret && secret_file_is_open(path))
        return error_set(error, STATUS_REJECT,
                         "%s: holds a password or key, and everyone may read it: chmod 600", path);
    return STATUS_OK;
}
