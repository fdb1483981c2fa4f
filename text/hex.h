/* Hexadecimal text -> bytes: hashes, UUIDs, escapes. */
#ifndef KANSEN_TEXT_HEX_H
#define KANSEN_TEXT_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Length of "8b8be822-b922-3a25-f9ce-4c54a6f263ac". */
#define HEX_UUID_LENGTH 36

/* Reads 2 * size digits of either case. False when one of them is none; bytes then holds rubbish.
 */
bool hex_decode(const char *text, uint8_t *bytes, size_t size);

/* Reads a UUID in its canonical form (RFC 4122, either case), which need not be terminated. False
 * when it is none; id then holds rubbish. */
bool hex_decode_uuid(const char *text, size_t length, uint8_t id[16]);

/* The bytes of a text of digits, which the caller frees; a 0 behind them doesn't count. NULL when a
 * digit is none or alone, or memory is short. */
char *hex_read(const char *text, size_t *length);

/* The digits of bytes, in lower case; the caller frees it. NULL when memory is short. */
char *hex_write(const char *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
