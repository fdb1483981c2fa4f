/* Secrets of librdkafka's clients that lie in files of their own, read again when the files change:
 * a password and a token are given to the client that there is, for its next connection.
 * Certificates and keys are read by librdkafka itself, once a client, so it takes another client to
 * read them again. */
#ifndef KANSEN_INGEST_KAFKA_CREDENTIALS_H
#define KANSEN_INGEST_KAFKA_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "kansen/log.h"
#include "kansen/outage.h"
#include "kansen/status.h"
#include "text/secret_file.h"

/* Both borrowed, both may be NULL. */
struct credential_files {
    const char *password; /* of SASL */
    const char *token;    /* of OAUTHBEARER */
};

/* Files of TLS that a client may have read: authority, certificate, key, key store. */
#define TLS_FILES 4

/* What a client has been given. */
struct credentials {
    struct credential_files files;
    const struct logger *logger;
    struct file_stamp password;
    struct file_stamp token;
    struct file_stamp tls[TLS_FILES];
    struct outage unreadable;
    int64_t looked_ms;
};

/* Into the configuration of a client that is to be made. STATUS_REJECT names the option and its
 * file. */
enum status credentials_configure(rd_kafka_conf_t *conf, const struct credential_files *files,
                                  struct error *error) MUST_CHECK;

/* For the client that was made of it; before its first connection. */
enum status credentials_begin(struct credentials *credentials, rd_kafka_t *kafka,
                              const struct credential_files *files, const struct logger *logger,
                              struct error *error) MUST_CHECK;

/* Looks now and then whether a password or token has changed. A file that can't be read is logged,
 * and the client keeps what it has. */
void credentials_tick(struct credentials *credentials, rd_kafka_t *kafka);

/* Is this error of librdkafka's that of a client that is refused by a broker, or doesn't believe
 * it? */
bool credentials_are_refused(rd_kafka_resp_err_t error, const char *reason);

/* Has a file of TLS changed since the client was made? */
bool credentials_tls_has_changed(const struct credentials *credentials, rd_kafka_t *kafka);

#endif
