/* The file that --config names: options as `key = value`, librdkafka's properties under [kafka]. */
#ifndef KANSEN_CONFIG_CONFIG_FILE_H
#define KANSEN_CONFIG_CONFIG_FILE_H

#include "config/settings.h"
#include "kansen/status.h"

/* Adds what the file says. STATUS_REJECT with FILE:LINE for a mistake in it, or when a secret of it
 * is open to everyone; STATUS_FATAL when it can't be read. */
enum status config_file_read(struct options *options, const char *path,
                             struct error *error) MUST_CHECK;

#endif
