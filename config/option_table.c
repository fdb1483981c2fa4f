#include "config/option_table.h"

#include <stddef.h>
#include <string.h>

const struct option_spec options_table[] = {
    {"all", NULL, "every one, replayed or not", 0, false},
    {"allow-rejected", "N|N%", "end with 0 while no more lines than that are rejected", 0, false},
    {"base-url", "URL", "where the folder will be found in the web", 0, false},
    {"because", "TEXT", "the reason, which stays with it", 0, false},
    {"bom", NULL, "begin CSV with a byte order mark, as Excel wants it for UTF-8", 0, false},
    {"brokers", "HOST:PORT,…", "Kafka bootstrap brokers", 'b', false},
    {"by", "DIMENSION,…", "count by country, name, product, version, os or segment too", 0, true},
    {"config", "FILE", "configuration file of `key = value` lines", 0, false},
    {"country", "XX", "only what has this country at present; ZZ: none", 0, false},
    {"db", "CONNINFO", "PostgreSQL connection (libpq conninfo or URI)", 0, false},
    {OPTION_DB_PASSWORD_FILE, "FILE", "first line: PostgreSQL's password, read for each connection",
     0, false},
    {"device", "ID", "the machine, as its agent calls it", 0, false},
    {"due", NULL, "publish what is missing of the last month that is over", 0, false},
    {"each", NULL, "one line a dead letter instead of one a reason", 0, false},
    {"event-format", "FORMAT",
     "form of the events: kansen, ocsf, ecs, cloudevents, or the file of a format of your own", 0,
     false},
    {"every", "SECONDS", "do it again after so long, until SIGTERM", 0, false},
    {"follow", NULL, "go on with what comes, until SIGTERM", 0, false},
    {"force", NULL, "go on when nothing has changed (publish), or unpublished data would be lost",
     0, false},
    {"format", "FORMAT,…", "output format", 0, true},
    {"from", "YYYY-MM", "first month", 0, false},
    {"geoip", "FILE", "MaxMind DB with countries of addresses", 0, false},
    {"group", "GROUP", "consumer group", 'G', false},
    {"help", NULL, "show this help", 'h', false},
    {"heartbeats", NULL, "heartbeats: machines that are there, infected or not", 0, false},
    {"infection-cache", "MIB", "memory for infections that are known to be stored", 0, false},
    {"keep", NULL, "leave the demo's PostgreSQL running, for psql", 0, false},
    {"keep-infections", "N", "drop infections of months older than N; they stay otherwise", 0,
     false},
    {"keep-months", "N", "export and drop the events of months older than N", 0, false},
    {"lang", "LANG,…", "language of names and text", 0, true},
    {"letter", "N", "the one of that number", 0, true},
    {"limit", "N", "only the newest N", 0, false},
    {"listen", "[HOST:]PORT", "answer /metrics, /livez and /readyz there, by HTTP", 0, false},
    {"log-format", "FORMAT", "log lines on stderr; with json, all other words too", 0, false},
    {"log-level", "LEVEL", "leave out log lines below this level", 0, false},
    {"match", "PATTERN…", "malware names of the threat; * and ? match, case is ignored", 0, true},
    {"max-age", "DAYS", "reject events older than this", 0, false},
    {"max-ahead", "DAYS", "reject events further in the future than this", 0, false},
    {"max-lag", "SECONDS", "how far behind a partition may be", 0, false},
    {"max-rejected", "N", "how many events of an hour may be rejected", 0, false},
    {"month", "YYYY-MM", "the month", 0, false},
    {"months", "N", "months of a window whose --from is left out", 0, false},
    {"name", "LANG=NAME", "what reports of a language call the threat, e.g. en=Worms", 0, true},
    {"oauth-token-file", "FILE",
     "file with the token for SASL OAUTHBEARER, read again when it changes", 0, false},
    {"open", NULL, "show what was written, in the viewer that this machine has for it", 0, false},
    {"output", "DIR", "where files are written", 'o', false},
    {"part", "K/N", "only the K-th of N parts of the fleet", 0, false},
    {"partitions", "N", "partitions of a topic that has to be created", 0, false},
    {"property", "KEY=VALUE", "librdkafka property", 'X', true},
    {"provisional", NULL, "publish also what is not complete", 0, false},
    {"rate-minimum", "N", "rank no value by rate with fewer active machines a month", 0, false},
    {"raw", NULL, "write the very bytes of the value, and nothing else", 0, false},
    {"reason", "REASON", "only those rejected for this reason", 0, false},
    {"replayed", NULL, "those that were replayed, instead of those that wait", 0, false},
    {"require-complete", NULL, "end with 75, and write nothing, unless every month is complete", 0,
     false},
    {"restate", NULL, "make the next edition, which says what has changed", 0, false},
    {"sasl-password-file", "FILE", "file with the password for SASL, read again when it changes", 0,
     false},
    {"scenario", "FILE", "scenario to simulate", 0, false},
    {"seed", "N", "seed of the simulation, instead of the scenario's", 0, false},
    {"settle", "SECONDS", "publish when nothing has arrived for so long", 0, false},
    {"shards", "N", "shards that Citus cuts the large tables into", 0, false},
    {"show-sql", NULL, "print the statements that give the tables, instead of them", 0, false},
    {"since", "TIME", "only those rejected at that time or later", 0, false},
    {"stats-interval", "SECONDS", "between two lines of what came in; 0: none", 0, false},
    {"stop", NULL, "end the demos that were left running, and remove their folders", 0, false},
    {"suppress-below", "N", "show nothing of what has fewer infections", 0, false},
    {"template", "DIR", "style sheet, logo, words and order of sections of your own", 0, false},
    {"timezone", "ZONE", "report time zone, fixed at init", 0, false},
    {"to", "YYYY-MM", "last month", 0, false},
    {"top", "N", "values in a ranking", 0, false},
    {"topic", "TOPIC", "Kafka topic", 't', false},
    {"truth", "FILE", "write what the simulated events should be counted as", 0, false},
    {"unique", NULL, "count a device once in the whole window", 0, false},
    {"until", "TIME", "only those rejected before that time", 0, false},
    {"until-end", NULL, "stop when every partition has been read to its end", 0, false},
    {"wait", "SECONDS", "give Kafka brokers up that never answer", 0, false},
    {"worker", "[HOST:]PORT", "ask the worker that listens there", 0, false},
    {"yes", NULL, "don't ask", 0, false},
    {NULL, NULL, NULL, 0, false},
};

const struct option_spec *option_find(const char *name)
{
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (strcmp(spec->name, name) == 0)
            return spec;
    return NULL;
}

bool options_is_common(const char *name)
{
    static const char *const common[] = {"config", "help", "log-format", "log-level"};

    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        if (strcmp(name, common[i]) == 0)
            return true;
    return false;
}

bool option_is_taken(const char *const *names, const char *name)
{
    if (options_is_common(name))
        return true;
    /* Whoever connects may need a password. */
    if (strcmp(name, OPTION_DB_PASSWORD_FILE) == 0)
        name = "db";
    for (; *names != NULL; names++)
        if (strcmp(*names, OPTION_EVERY) == 0 || strcmp(*names, name) == 0)
            return true;
    return false;
}
