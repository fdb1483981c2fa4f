#include "cli/lookup.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "text/nearest.h"

#define NAME_SIZE 64
#define QUESTION_SIZE 256

static const struct command *find(const char *name)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

const struct command *lookup_command(const char *first, const char *second, int *words)
{
    char both[NAME_SIZE] = "";
    const struct command *command = NULL;

    if (second != NULL)
        snprintf(both, sizeof(both), "%s %s", first, second);
    command = find(both);
    *words = command == NULL ? 1 : 2;
    return command == NULL ? find(first) : command;
}

const char *lookup_member(const struct command *command, const char *group)
{
    size_t length = strlen(group);
    bool member = strncmp(command->name, group, length) == 0 && command->name[length] == ' ';

    return member ? command->name + length + 1 : NULL;
}

bool lookup_is_group(const char *word)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (lookup_member(*command, word) != NULL)
            return true;
    return false;
}

static void say_commands(const char *group)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (group == NULL || lookup_member(*command, group) != NULL)
            log_say(LOG_LEVEL_ERROR, NULL, "  kansen %-19s %s", (*command)->name,
                    (*command)->summary);
}

static int refuse_member(const char *group, const char *word)
{
    struct nearest nearest;
    char question[QUESTION_SIZE];

    nearest_start(&nearest, word);
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (lookup_member(*command, group) != NULL)
            nearest_offer(&nearest, lookup_member(*command, group));
    nearest_question(&nearest, "", question, sizeof(question));
    if (*word == '-')
        log_say(LOG_LEVEL_ERROR, "",
                "%s what? Options stand behind both words of a command:", group);
    else
        log_say(LOG_LEVEL_ERROR, "", "%s has no command %.200s%s", group, word,
                nearest.count > 0 ? question : "; it has");
    if (nearest.count == 0)
        say_commands(group);
    return EX_USAGE;
}

/* Commands of two words, for whom two were typed. */
static void offer_pairs(const char *pair, struct nearest *nearest)
{
    nearest_start(nearest, pair);
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (strchr((*command)->name, ' ') != NULL)
            nearest_offer(nearest, (*command)->name);
}

/* First words of commands; else whole names, or the second words for those who forgot the first. */
static void offer_commands(const char *word, char first_words[][NAME_SIZE], struct nearest *nearest)
{
    nearest_start(nearest, word);
    for (size_t i = 0; commands[i] != NULL; i++) {
        snprintf(first_words[i], NAME_SIZE, "%.*s", (int)strcspn(commands[i]->name, " "),
                 commands[i]->name);
        nearest_offer(nearest, first_words[i]);
    }
    if (nearest->count > 0)
        return;
    for (size_t i = 0; commands[i] != NULL; i++)
        nearest_offer(nearest, commands[i]->name);
    if (nearest->count > 0)
        return;
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *member = strchr(commands[i]->name, ' ');

        if (member != NULL)
            nearest_offer_as(nearest, member + 1, commands[i]->name);
    }
}

/* Of the program itself, in front of any command. */
static int refuse_option(const char *word)
{
    struct nearest nearest;
    char question[QUESTION_SIZE];

    nearest_start(&nearest, word + strspn(word, "-"));
    nearest_offer(&nearest, "help");
    nearest_offer(&nearest, "version");
    log_say(LOG_LEVEL_ERROR, "", "no option %.*s without a command%s", (int)strcspn(word, "="),
            word,
            nearest.count > 0 ? nearest_question(&nearest, "--", question, sizeof(question))
                              : "; options stand behind it: kansen COMMAND [OPTION…]");
    return EX_USAGE;
}

int lookup_refuse(const char *first, const char *second)
{
    char first_words[COMMANDS_MAX][NAME_SIZE];
    char pair[QUESTION_SIZE];
    struct nearest nearest;
    char question[QUESTION_SIZE];

    if (lookup_is_group(first) && second != NULL)
        return refuse_member(first, second);
    if (lookup_is_group(first)) {
        log_say(LOG_LEVEL_ERROR, "", "%s what?", first);
        say_commands(first);
        return EX_USAGE;
    }
    if (*first == '-')
        return refuse_option(first);
    snprintf(pair, sizeof(pair), "%s %s", first, second == NULL ? "" : second);
    nearest_start(&nearest, pair);
    if (second != NULL && *second != '-')
        offer_pairs(pair, &nearest);
    if (nearest.count == 0)
        offer_commands(first, first_words, &nearest);
    log_say(LOG_LEVEL_ERROR, "", "no command %.200s%s", first,
            nearest.count > 0 ? nearest_question(&nearest, "", question, sizeof(question))
                              : "; there are");
    if (nearest.count == 0)
        say_commands(NULL);
    return EX_USAGE;
}

bool lookup_is_owner(const struct command *command, const char *option)
{
    bool every = command->options[0] != NULL && strcmp(command->options[0], OPTION_EVERY) == 0;

    return !every && option_is_taken(command->options, option);
}

void lookup_owners(const char *option, char *text, size_t size)
{
    const char *owners[COMMANDS_MAX];
    size_t count = 0;
    size_t used = 0;

    for (const struct command *const *command = commands; *command != NULL; command++)
        if (lookup_is_owner(*command, option))
            owners[count++] = (*command)->name;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0           ? ""
                                 : i + 1 == count ? " and "
                                                  : ", ",
                                 owners[i]);
    if (count > 0 && used < size)
        snprintf(text + used, size - used, "%s", count == 1 ? " has" : " have");
}
