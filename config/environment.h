/* Options from the environment: KANSEN_GEOIP is --geoip, KANSEN_KAFKA_SASL_USERNAME librdkafka's
 * sasl.username. */
#ifndef KANSEN_CONFIG_ENVIRONMENT_H
#define KANSEN_CONFIG_ENVIRONMENT_H

#include "config/settings.h"
#include "kansen/status.h"

/* Adds what the environment says, and a warning for each variable that looks like kansen's and is
 * unknown. Empty ones count as absent. STATUS_REJECT for a flag that is neither true nor false. */
enum status environment_read(struct options *options, struct error *error) MUST_CHECK;

#endif
