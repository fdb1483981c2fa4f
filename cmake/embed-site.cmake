# Writes OUT/embedded.c and OUT/embedded.h: the style sheet STYLE and the script SCRIPT without their comments, and the
# list of files SCHEMAS.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/c-string.cmake)
list(SORT SCHEMAS)

file(READ ${STYLE} text)
string(REGEX REPLACE "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/" "" text "${text}")
string(REGEX REPLACE "\n([ \t]*\n)+" "\n" text "${text}")
file(WRITE ${OUT}/site.css "${text}")
c_string(${OUT}/site.css text)
file(READ ${SCRIPT} script)
string(REGEX REPLACE "(^|\n)[ \t]*//[^\n]*" "" script "${script}")
string(REGEX REPLACE "\n([ \t]*\n)+" "\n" script "${script}")
string(STRIP "${script}" script)
file(WRITE ${OUT}/tables.js "${script}\n")
c_string(${OUT}/tables.js script)
string(CONCAT body "#include \"site/embedded.h\"\n\n#include <stddef.h>\n\n"
  "const char site_style[] =\n    ${text};\n\n" "const char site_script[] =\n    ${script};\n\n"
  "const struct site_schema site_schemas[] = {\n")

foreach(path ${SCHEMAS})
  get_filename_component(name ${path} NAME)
  if(name MATCHES "^editions-")
    set(of "data/editions.json")
  else()
    set(of "report.json")
  endif()
  c_string(${path} schema)
  string(APPEND body "    {\"${name}\", \"${of}\",\n    ${schema}},\n")
endforeach()
string(APPEND body "    {NULL, NULL, NULL},\n};\n")

file(WRITE ${OUT}/embedded.h "/* Generated from site/: its style sheet, its script, and the schemas of its JSON. */\n"
  "#ifndef KANSEN_SITE_EMBEDDED_H\n#define KANSEN_SITE_EMBEDDED_H\n\n"
  "extern const char site_style[];\nextern const char site_script[];\n\n"
  "struct site_schema {\n    const char *name; /* of its file */\n    const char *of;   /* what it describes */\n"
  "    const char *text;\n};\n\n"
  "/* The last one is null. */\nextern const struct site_schema site_schemas[];\n\n#endif\n")
file(WRITE ${OUT}/embedded.c "${body}")
