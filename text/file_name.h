/* A part of a file's name that is made of text from outside: the name of a threat.
 *
 * The text survives as it is, whatever script it is in; only what a file system or a URL can't hold
 * is written as %XX, a byte each, and what is not seen or has a meaning in front (a dot, a dash, a
 * blank). Different texts never get the same name, also when they are too long and have to be cut:
 * then a "~" and a digest of the whole text stand at the end, and a "~" of the text itself is %7E.
 */
#ifndef KANSEN_TEXT_FILE_NAME_H
#define KANSEN_TEXT_FILE_NAME_H

/* Bytes. A name has 255 at most; the rest is for what stands around it. */
#define FILE_NAME_PART_MAX 160

void file_name_part(const char *text, char name[FILE_NAME_PART_MAX + 1]);

#endif
