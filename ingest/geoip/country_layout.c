#include "ingest/geoip/country_layout.h"

#include <stdbool.h>
#include <string.h>

#include "ingest/event/country.h"

/* Never registered_country or represented_country: the question is where the machine is, not where
 * its network is registered. country_code stands before country, which in newer files of IPinfo is
 * a name ("Japan"); a name is never taken for a code, since it is longer. */
static const struct {
    const char *name;
    const char *const path[3];
} layouts[] = {
    {"country.iso_code", {"country", "iso_code", NULL}}, /* MaxMind, DB-IP, IP2Location */
    {"country_code", {"country_code", NULL}}, /* ip-location-db, IPLocate, newer IPinfo */
    {"countryCode", {"countryCode", NULL}},
    {"country", {"country", NULL}}, /* older IPinfo */
    {"country_iso_code", {"country_iso_code", NULL}},
    {"the record itself", {NULL}}, /* sing-geoip */
};

_Static_assert(sizeof(layouts) / sizeof(layouts[0]) == COUNTRY_LAYOUTS, "as the header says");

const char *country_layout_name(int layout)
{
    return layouts[layout].name;
}

static bool read_code(const MMDB_entry_data_s *data, char country[COUNTRY_SIZE])
{
    char code[COUNTRY_SIZE] = "";

    if (data->type != MMDB_DATA_TYPE_UTF8_STRING || data->data_size != COUNTRY_SIZE - 1)
        return false;
    for (int letter = 0; letter < COUNTRY_SIZE - 1; letter++) {
        unsigned char byte = (unsigned char)data->utf8_string[letter];

        /* toupper depends on the locale, which may know letters beyond ASCII. */
        code[letter] = (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
    }
    if (!country_is_known(code))
        return false;
    memcpy(country, code, COUNTRY_SIZE);
    return true;
}

int country_layout_read(const MMDB_entry_s *entry, char country[COUNTRY_SIZE])
{
    MMDB_entry_s from = *entry;

    for (int layout = 0; layout < COUNTRY_LAYOUTS; layout++) {
        MMDB_entry_data_s data;

        /* Unlike MMDB_get_value, MMDB_aget_value takes no memory from the heap. */
        if (MMDB_aget_value(&from, &data, layouts[layout].path) == MMDB_SUCCESS && data.has_data &&
            read_code(&data, country))
            return layout;
    }
    memcpy(country, COUNTRY_UNKNOWN, COUNTRY_SIZE);
    return COUNTRY_LAYOUT_NONE;
}
