/* Hexadecimal text -> bytes, for ids and hashes. */
#ifndef KANSEN_TEXT_HEX_H
#define KANSEN_TEXT_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads 2 * size digits of either case. False when one of them is none; bytes then holds rubbish.
 */
bool hex_decode(const char *text, uint8_t *bytes, size_t size);

#endif
