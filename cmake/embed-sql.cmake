# Writes OUT/embedded.c and OUT/embedded.h from the lists of files QUERIES and MIGRATIONS: a query
# NAME.sql becomes `extern const char sql_NAME[]`, the migrations an array in order.
list(SORT QUERIES)
list(SORT MIGRATIONS)

include(${CMAKE_CURRENT_LIST_DIR}/c-string.cmake)

set(header "/* Generated from sql/: the project's SQL as C strings. */\n")
string(APPEND header "#ifndef KANSEN_SQL_EMBEDDED_H\n#define KANSEN_SQL_EMBEDDED_H\n\n")
set(body "#include \"sql/embedded.h\"\n\n#include <stddef.h>\n\n")

foreach(path ${QUERIES})
  get_filename_component(name ${path} NAME_WE)
  c_string(${path} text)
  string(APPEND header "extern const char sql_${name}[];\n")
  string(APPEND body "const char sql_${name}[] =\n    ${text};\n\n")
endforeach()

string(APPEND header "\nstruct sql_migration {\n    int version; /* the number its file name starts with */\n"
  "    const char *name;\n    const char *text;\n};\n\n"
  "/* In order of version; the last one has a null text. */\n"
  "extern const struct sql_migration sql_migrations[];\n\n#endif\n")
string(APPEND body "const struct sql_migration sql_migrations[] = {\n")
set(last 0)
foreach(path ${MIGRATIONS})
  get_filename_component(name ${path} NAME_WE)
  string(REGEX REPLACE "^0*([0-9]+)_.*$" "\\1" version ${name})
  math(EXPR expected "${last} + 1")
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "sql/migrations: ${name} comes behind number ${last}")
  endif()
  set(last ${version})
  c_string(${path} text)
  string(APPEND body "    {${version}, \"${name}\",\n    ${text}},\n")
endforeach()
string(APPEND body "    {0, NULL, NULL},\n};\n")

file(WRITE ${OUT}/embedded.h "${header}")
file(WRITE ${OUT}/embedded.c "${body}")
