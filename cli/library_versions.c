#include "cli/library_versions.h"

#include <stddef.h>

#include <archive.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <maxminddb.h>
#include <openssl/crypto.h>
#include <unicode/uversion.h>
#include <xlsxwriter/utility.h>
#include <xxhash.h>
#include <zlib.h>

#include "ingest/event/decode.h"
#include "sql/db.h"
#include "watch/server.h"

/* The longest is "1.2.3-beta4" or so. */
#define VERSION_SIZE 32

#define NAME_COLUMNS 14

static const char *of_libpq(char text[VERSION_SIZE])
{
    int version = db_library_version();

    snprintf(text, VERSION_SIZE, "%d.%d", version / 10000, version % 10000);
    return text;
}

static const char *of_icu(char text[VERSION_SIZE])
{
    UVersionInfo version;

    u_getVersion(version);
    _Static_assert(U_MAX_VERSION_STRING_LENGTH <= VERSION_SIZE, "ICU's versions have no room");
    u_versionToString(version, text);
    return text;
}

static const char *of_libarchive(char text[VERSION_SIZE])
{
    int version = archive_version_number();

    snprintf(text, VERSION_SIZE, "%d.%d.%d", version / 1000000, version / 1000 % 1000,
             version % 1000);
    return text;
}

static const char *of_xxhash(char text[VERSION_SIZE])
{
    unsigned version = XXH_versionNumber();

    snprintf(text, VERSION_SIZE, "%u.%u.%u", version / 10000, version / 100 % 100, version % 100);
    return text;
}

static const char *of_openssl(char text[VERSION_SIZE])
{
    (void)text;
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* One of `say` and `write` is set. */
static const struct {
    const char *name;
    const char *(*say)(void);
    const char *(*write)(char text[VERSION_SIZE]);
} libraries[] = {
    {"librdkafka", rd_kafka_version_str, NULL},
    {"libpq", NULL, of_libpq},
    {"libmaxminddb", MMDB_lib_version, NULL},
    {"simdjson", decoder_library_version, NULL},
    {"ICU", NULL, of_icu},
    {"jansson", jansson_version_str, NULL},
    {"libarchive", NULL, of_libarchive},
    {"libxlsxwriter", lxw_version, NULL},
    {"zlib", zlibVersion, NULL},
    {"xxHash", NULL, of_xxhash},
    {"OpenSSL", NULL, of_openssl},
    {"libmicrohttpd", server_library_version, NULL},
};

void library_versions_print(FILE *file)
{
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        char text[VERSION_SIZE];

        fprintf(file, "%-*s %s\n", NAME_COLUMNS, libraries[i].name,
                libraries[i].say != NULL ? libraries[i].say() : libraries[i].write(text));
    }
}
