#include "ingest/kafka/credentials.h"

#include <limits.h>
#include <string.h>

#include "ingest/kafka/token.h"
#include "kansen/clock.h"

#define PASSWORD_OPTION "--sasl-password-file"
#define TOKEN_OPTION "--oauth-token-file"

/* Between two looks at the files. */
#define LOOK_MS 2000

static const char *const tls_properties[TLS_FILES] = {"ssl.ca.location", "ssl.certificate.location",
                                                      "ssl.key.location", "ssl.keystore.location"};

static enum status read_secret(const char *option, const char *path, char secret[SECRET_SIZE],
                               struct error *error)
{
    struct error why;

    if (secret_file_read(path, secret, &why) == STATUS_OK)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s %.900s", option, why.message);
}

static enum status set(rd_kafka_conf_t *conf, const char *option, const char *key,
                       const char *value, struct error *error)
{
    char why[512];

    if (rd_kafka_conf_set(conf, key, value, why, sizeof(why)) == RD_KAFKA_CONF_OK)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s: %s", option, why);
}

/* ---- the token */

static enum status give_token(rd_kafka_t *kafka, const char *path, struct error *error)
{
    char secret[SECRET_SIZE];
    char why[512] = "";
    struct error reason;
    struct token token;
    enum status status = read_secret(TOKEN_OPTION, path, secret, error);

    if (status != STATUS_OK)
        return status;
    status = token_read(secret, clock_ms(CLOCK_REALTIME), &token, &reason);
    if (status != STATUS_OK)
        error_set(error, status, TOKEN_OPTION " %s: %.800s", path, reason.message);
    else if (rd_kafka_oauthbearer_set_token(kafka, secret, token.expires_ms, token.subject, NULL, 0,
                                            why, sizeof(why)) != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = error_set(error, STATUS_REJECT, TOKEN_OPTION ": %s", why);
    secret_wipe(secret);
    return status;
}

/* From a poll, when most of the token's time is over, and every ten seconds until there is another.
 * `path` went there as sasl.oauthbearer.config, which is for whoever answers this. */
static void on_token_wanted(rd_kafka_t *kafka, const char *path, void *opaque)
{
    struct error error;

    (void)opaque;
    if (give_token(kafka, path, &error) != STATUS_OK)
        rd_kafka_oauthbearer_set_token_failure(kafka, error.message);
}

/* ---- the password */

static enum status configure_password(rd_kafka_conf_t *conf, const char *path, struct error *error)
{
    char secret[SECRET_SIZE];
    enum status status = read_secret(PASSWORD_OPTION, path, secret, error);

    if (status == STATUS_OK)
        status = set(conf, PASSWORD_OPTION, "sasl.password", secret, error);
    secret_wipe(secret);
    return status;
}

static enum status give_password(rd_kafka_t *kafka, const char *path, struct error *error)
{
    char secret[SECRET_SIZE];
    char user[512] = "";
    size_t size = sizeof(user);
    rd_kafka_error_t *failure;
    enum status status = read_secret(PASSWORD_OPTION, path, secret, error);

    if (status != STATUS_OK)
        return status;
    if (rd_kafka_conf_get(rd_kafka_conf(kafka), "sasl.username", user, &size) != RD_KAFKA_CONF_OK)
        *user = '\0';
    failure = rd_kafka_sasl_set_credentials(kafka, user, secret);
    if (failure != NULL)
        status =
            error_set(error, STATUS_REJECT, PASSWORD_OPTION ": %s", rd_kafka_error_string(failure));
    rd_kafka_error_destroy(failure);
    secret_wipe(secret);
    return status;
}

/* ---- */

enum status credentials_configure(rd_kafka_conf_t *conf, const struct credential_files *files,
                                  struct error *error)
{
    enum status status = STATUS_OK;

    if (files->password != NULL)
        status = configure_password(conf, files->password, error);
    if (status != STATUS_OK || files->token == NULL)
        return status;
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, on_token_wanted);
    return set(conf, TOKEN_OPTION, "sasl.oauthbearer.config", files->token, error);
}

static struct file_stamp tls_stamp(rd_kafka_t *kafka, int file)
{
    char path[PATH_MAX] = "";
    size_t size = sizeof(path);

    if (rd_kafka_conf_get(rd_kafka_conf(kafka), tls_properties[file], path, &size) !=
        RD_KAFKA_CONF_OK)
        return (struct file_stamp){0};
    return file_stamp_of(path);
}

static struct file_stamp stamp_of(const char *path)
{
    return path == NULL ? (struct file_stamp){0} : file_stamp_of(path);
}

enum status credentials_begin(struct credentials *credentials, rd_kafka_t *kafka,
                              const struct credential_files *files, const struct logger *logger,
                              struct error *error)
{
    enum status status = STATUS_OK;

    *credentials = (struct credentials){
        .files = *files,
        .logger = logger,
        .password = stamp_of(files->password),
        .token = stamp_of(files->token),
        .unreadable = outage_of(logger, "a secret can't be read again, the last one is kept",
                                "secrets are read again", NULL, NULL),
        .looked_ms = clock_ms(CLOCK_MONOTONIC),
    };
    for (int i = 0; i < TLS_FILES; i++)
        credentials->tls[i] = tls_stamp(kafka, i);
    /* It may have changed since the configuration was made. */
    if (files->password != NULL)
        status = give_password(kafka, files->password, error);
    if (status == STATUS_OK && files->token != NULL)
        status = give_token(kafka, files->token, error);
    return status;
}

/* That a broker doesn't believe our certificate comes behind the handshake, as an error of reading.
 */
bool credentials_are_refused(rd_kafka_resp_err_t error, const char *reason)
{
    return error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR__SSL ||
           strstr(reason, "SSL alert number") != NULL;
}

bool credentials_tls_has_changed(const struct credentials *credentials, rd_kafka_t *kafka)
{
    for (int i = 0; i < TLS_FILES; i++) {
        struct file_stamp now = tls_stamp(kafka, i);

        if (!file_stamp_equals(&credentials->tls[i], &now))
            return true;
    }
    return false;
}

/* Gives what a file holds now, if it is not what the client has. */
static void look(struct credentials *credentials, rd_kafka_t *kafka, const char *path,
                 struct file_stamp *known,
                 enum status (*give)(rd_kafka_t *kafka, const char *path, struct error *error))
{
    struct file_stamp now = stamp_of(path);
    struct error error;

    if (path == NULL || file_stamp_equals(known, &now))
        return;
    if (give(kafka, path, &error) != STATUS_OK) {
        outage_begin(&credentials->unreadable, error.message);
        return;
    }
    *known = now;
    outage_end(&credentials->unreadable);
    log_write(credentials->logger, LOG_LEVEL_INFO, "a secret has changed and was read again",
              "file", path, NULL);
}

void credentials_tick(struct credentials *credentials, rd_kafka_t *kafka)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

    if (now_ms - credentials->looked_ms < LOOK_MS)
        return;
    credentials->looked_ms = now_ms;
    look(credentials, kafka, credentials->files.password, &credentials->password, give_password);
    look(credentials, kafka, credentials->files.token, &credentials->token, give_token);
}
