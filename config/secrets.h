/* Passwords and keys: which values hold one, and where they may stand. */
#ifndef KANSEN_CONFIG_SECRETS_H
#define KANSEN_CONFIG_SECRETS_H

#include <stdbool.h>

#include "config/settings.h"
#include "kansen/status.h"

/* Is the option's value one that only its owner may read? Of librdkafka's properties it goes by the
 * names. */
bool secrets_are_in(const char *name, const char *value);

/* Everyone on the machine can read a command line: STATUS_REJECT for a secret on it. */
enum status secrets_check_flag(const char *name, const char *value, struct error *error) MUST_CHECK;

/* A file that settings with secrets came from must be closed to others, as ~/.pgpass must: else
 * STATUS_REJECT. Its group may read it: that is how Kubernetes gives files to a user who is not
 * root. Docker mounts secrets open, below a folder that only the container has. */
enum status secrets_check_file(const struct options *options, const char *path,
                               struct error *error) MUST_CHECK;

#endif
