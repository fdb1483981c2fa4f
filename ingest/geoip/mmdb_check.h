/* Looks at the bytes of a MaxMind DB before libmaxminddb may, and at its records once it is open.
 *
 * A file that comes over a network may be cut or hostile. Debian's libmaxminddb 1.7.1 checks
 * bounds, but recurses as deep as a file tells it to, unfolds pointers without limit and leaks what
 * it has read when the languages or descriptions in the metadata are anything but text. What passes
 * here does none of that. */
#ifndef KANSEN_INGEST_GEOIP_MMDB_CHECK_H
#define KANSEN_INGEST_GEOIP_MMDB_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include <maxminddb.h>

#include "kansen/status.h"

/* Before MMDB_open. STATUS_REJECT: the message says what is wrong, without the file's name. */
enum status mmdb_check_metadata(const uint8_t *file, size_t size, struct error *error) MUST_CHECK;

/* After it: every node of the search tree, which no path may leave or circle in, and everything
 * that a record of it leads to. STATUS_RETRY when memory is short. Takes time that grows with the
 * file, at most some seconds. */
enum status mmdb_check_records(const MMDB_s *mmdb, struct error *error) MUST_CHECK;

#endif
