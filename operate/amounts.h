/* Amounts in the words of people: how many, how much room, for how long. Numbers are integers all
 * the way. Each writes into text and returns it. */
#ifndef KANSEN_OPERATE_AMOUNTS_H
#define KANSEN_OPERATE_AMOUNTS_H

#include <stdint.h>

/* Of any of them. */
#define AMOUNT_SIZE 32

/* 1234567: "1,234,567"; none may be negative. */
const char *amount_count(int64_t count, char text[AMOUNT_SIZE]);

/* 1234567: "1.1 MB"; units of 1,024, as PostgreSQL has them, rounded down. */
const char *amount_bytes(int64_t bytes, char text[AMOUNT_SIZE]);

/* Seconds: "12 s", "5 min", "3 h 20 min", "4 d 2 h". */
const char *amount_time(int64_t seconds, char text[AMOUNT_SIZE]);

#endif
