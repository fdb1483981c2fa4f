#include "reports/formats/glyphs.h"

#include <stddef.h>

#include <fontconfig/fontconfig.h>
#include <unicode/uchar.h>

/* Every font that there is, with the characters that it has. */
static FcFontSet *fonts;

static void list_fonts(void)
{
    FcPattern *any;
    FcObjectSet *wanted;

    if (fonts != NULL || !FcInit())
        return;
    any = FcPatternCreate();
    wanted = FcObjectSetBuild(FC_CHARSET, (char *)NULL);
    if (any != NULL && wanted != NULL)
        fonts = FcFontList(NULL, any, wanted);
    if (any != NULL)
        FcPatternDestroy(any);
    if (wanted != NULL)
        FcObjectSetDestroy(wanted);
}

void glyphs_forget(void)
{
    if (fonts == NULL)
        return;
    FcFontSetDestroy(fonts);
    fonts = NULL;
    FcFini();
}

bool glyphs_can_draw(int32_t character)
{
    /* Joiners and variation selectors have no shape of their own and need no glyph. */
    if (character < 0x80 || u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
        return true;
    list_fonts();
    if (fonts == NULL || fonts->nfont == 0)
        return true;
    for (int i = 0; i < fonts->nfont; i++) {
        FcCharSet *characters = NULL;

        if (FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &characters) == FcResultMatch &&
            FcCharSetHasChar(characters, (FcChar32)character))
            return true;
    }
    return false;
}
