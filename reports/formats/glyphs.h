/* Which characters the fonts of this machine can draw.
 *
 * For pictures that are drawn here: a character that no font has would be a box with its number, as
 * high as the picture (gnuplot's scale and Pango's don't agree), and hide everything else. Who
 * looks at text or at an SVG has fonts of their own. Not thread-safe. */
#ifndef KANSEN_REPORTS_FORMATS_GLYPHS_H
#define KANSEN_REPORTS_FORMATS_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

/* True also where fonts can't be asked. The first character beyond ASCII takes some milliseconds.
 */
bool glyphs_can_draw(int32_t character);

/* Gives up what was read of the fonts; the next question reads them again. */
void glyphs_forget(void);

#endif
