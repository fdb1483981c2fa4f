#include "ingest/kafka/hearsay.h"

#include <stdio.h>
#include <string.h>

#include "ingest/kafka/credentials.h"

/* syslog's level of an error. */
#define LEVEL_OF_ERROR 3

void hearsay_init(struct hearsay *hearsay, const struct logger *logger)
{
    *hearsay = (struct hearsay){.logger = logger};
    pthread_mutex_init(&hearsay->lock, NULL);
}

void hearsay_clear(struct hearsay *hearsay)
{
    pthread_mutex_destroy(&hearsay->lock);
}

/* While a broker is away librdkafka repeats itself every half a minute; what differs each time
 * stands behind it: after how long, and how often the same was not said. */
void hearsay_log(struct hearsay *hearsay, int level, const char *facility, const char *text)
{
    char head[512];
    char *tail;
    bool fresh;

    snprintf(head, sizeof(head), "%s", text);
    tail = strstr(head, " (after ");
    if (tail != NULL)
        *tail = '\0';
    pthread_mutex_lock(&hearsay->lock);
    fresh = outage_note(&hearsay->told, head);
    pthread_mutex_unlock(&hearsay->lock);
    if (fresh)
        log_write(hearsay->logger, level <= LEVEL_OF_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
                  "librdkafka", "facility", facility, "text", text, NULL);
}

void hearsay_error(struct hearsay *hearsay, int code, const char *reason)
{
    if (credentials_are_refused((rd_kafka_resp_err_t)code, reason))
        snprintf(hearsay->refusal, sizeof(hearsay->refusal), "%s", reason);
}

void hearsay_forget(struct hearsay *hearsay)
{
    pthread_mutex_lock(&hearsay->lock);
    hearsay->told = (struct outage){0};
    pthread_mutex_unlock(&hearsay->lock);
}
