#include "ingest/event/country.h"

#include <string.h>

/* Second letters by the first one. */
static const char *const second_letters[] = {
    /* A */ "DEFGILMOQRSTUWXZ",
    /* B */ "ABDEFGHIJLMNOQRSTVWYZ",
    /* C */ "ACDFGHIKLMNORUVWXYZ",
    /* D */ "EJKMOZ",
    /* E */ "CEGHRST",
    /* F */ "IJKMOR",
    /* G */ "ABDEFGHILMNPQRSTUWY",
    /* H */ "KMNRTU",
    /* I */ "DELMNOQRST",
    /* J */ "EMOP",
    /* K */ "EGHIMNPRWYZ",
    /* L */ "ABCIKRSTUVY",
    /* M */ "ACDEFGHKLMNOPQRSTUVWXYZ",
    /* N */ "ACEFGILOPRUZ",
    /* O */ "M",
    /* P */ "AEFGHKLMNRSTWY",
    /* Q */ "A",
    /* R */ "EOSUW",
    /* S */ "ABCDEGHIJKLMNORSTVXYZ",
    /* T */ "CDFGHJKLMNORTVWZ",
    /* U */ "AGMSYZ",
    /* V */ "ACEGINU",
    /* W */ "FS",
    /* X */ "K",
    /* Y */ "ET",
    /* Z */ "AMW",
};

static bool is_upper_case(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

bool country_is_known(const char code[2])
{
    /* The second letter is checked too, since strchr would find the terminator. */
    return is_upper_case(code[0]) && is_upper_case(code[1]) &&
           strchr(second_letters[code[0] - 'A'], code[1]) != NULL;
}
