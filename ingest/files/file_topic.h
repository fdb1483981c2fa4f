/* The name that rejected lines of a file are kept under: the same, however its path is spelled. */
#ifndef KANSEN_INGEST_FILES_FILE_TOPIC_H
#define KANSEN_INGEST_FILES_FILE_TOPIC_H

/* "-" for standard input, else the whole path with links resolved; of a file that is gone, that of
 * its folder and its name; of a pipe the path as it is. Bytes of what is no UTF-8 are \xHH. The
 * caller frees it; NULL when memory is short. */
char *file_topic(const char *path);

#endif
