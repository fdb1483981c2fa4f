/* How kansen stands, on one screen of 80 columns. */
#ifndef KANSEN_OPERATE_STATUS_TEXT_H
#define KANSEN_OPERATE_STATUS_TEXT_H

#include <stdio.h>

#include "operate/concerns.h"
#include "operate/standing.h"

/* A failed write stays in the stream's error flag. */
void status_text_print(FILE *out, const struct standing *standing, const struct concerns *concerns);

#endif
