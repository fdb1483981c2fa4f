/* What must not stay behind when a signal ends the program: files that have no name yet, folders of
 * their own, the child that writes into them.
 *
 * They are noted in fixed memory when they are made, and taken away by leftovers_remove, which a
 * signal handler may call. Signals are blocked between the making and the noting, so that there is
 * no moment at which something could be missed. For the main thread alone. */
#ifndef KANSEN_PROCESS_LEFTOVERS_H
#define KANSEN_PROCESS_LEFTOVERS_H

#include <stdbool.h>
#include <sys/types.h>

/* Longer paths can't be noted: making them fails with ENAMETOOLONG. */
#define LEFTOVERS_PATH_SIZE 4096

/* mkstemp, but for the rights, which are those of any new file; and the file is noted. -1 and errno
 * as mkstemp; ENFILE when too many are noted. */
int leftovers_make_file(char *template);

/* mkdtemp, and the folder is noted with the files that may stand in it: their names, ending with
 * NULL, which have to live as long as the folder. */
bool leftovers_make_folder(char *template, const char *const *files);

/* rename, and the file is no leftover any more. False and errno as rename: it still is. */
bool leftovers_keep_file(const char *from, const char *to);

/* Removes the file, or the folder with its files, and forgets it. */
void leftovers_take_away(const char *path);

/* Blocks and unblocks the signals: around the start of a child that is to be noted, and around the
 * end of its waiting, since a number that is free again may be another's. No nesting. */
void leftovers_block(void);
void leftovers_unblock(void);

/* A child that is killed before files are removed; 0: none. Only while signals are blocked. */
void leftovers_note_child(pid_t child);

/* All of it, from a signal handler: calls nothing that may not be called there. */
void leftovers_remove(void);

#endif
