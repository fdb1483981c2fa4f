/* Metrics in Prometheus' text format, version 0.0.4. */
#ifndef KANSEN_WATCH_EXPOSITION_H
#define KANSEN_WATCH_EXPOSITION_H

#include <stdio.h>

#include "watch/watch.h"

#define EXPOSITION_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Everything that is known of the worker now. A failed write stays in the stream's error flag. */
void exposition_write(struct watch *watch, FILE *out);

#endif
