# Writes OUT/embedded.c and OUT/embedded.h from the list of files FORMATS: NAME.format becomes the text of the
# event format NAME.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/c-string.cmake)
list(SORT FORMATS)

set(names "")
string(CONCAT body "#include \"ingest/event/formats/embedded.h\"\n\n#include <stddef.h>\n\n"
  "const struct embedded_format embedded_formats[] = {\n")
foreach(path ${FORMATS})
  get_filename_component(name ${path} NAME_WE)
  c_string(${path} text)
  list(APPEND names ${name})
  string(APPEND body "    {\"${name}\",\n    ${text}},\n")
endforeach()
string(APPEND body "    {NULL, NULL},\n};\n")

list(JOIN names ", " names)
string(CONCAT header "/* Generated from ingest/event/formats/: event formats that need no file. */\n"
  "#ifndef KANSEN_INGEST_EVENT_FORMATS_EMBEDDED_H\n#define KANSEN_INGEST_EVENT_FORMATS_EMBEDDED_H\n\n"
  "/* Their names, for people. */\n#define EMBEDDED_FORMAT_NAMES \"${names}\"\n\n"
  "struct embedded_format {\n    const char *name;\n    const char *text; /* of its file */\n};\n\n"
  "/* In order of name; the last one is null. */\n"
  "extern const struct embedded_format embedded_formats[];\n\n#endif\n")

file(WRITE ${OUT}/embedded.h "${header}")
file(WRITE ${OUT}/embedded.c "${body}")
