# Writes OUT/embedded.c and OUT/embedded.h from the list of files LANGUAGES: CODE.messages becomes the
# text of the language CODE.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/c-string.cmake)
list(SORT LANGUAGES)

set(codes "")
string(CONCAT body "#include \"reports/languages/embedded.h\"\n\n#include <stddef.h>\n\n"
  "const struct embedded_language embedded_languages[] = {\n")
foreach(path ${LANGUAGES})
  get_filename_component(code ${path} NAME_WE)
  if(NOT code MATCHES "^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")
    message(FATAL_ERROR "${path}: a language's file is named by its code (BCP 47), e.g. pt-BR.messages")
  endif()
  c_string(${path} text)
  list(APPEND codes ${code})
  string(APPEND body "    {\"${code}\",\n    ${text}},\n")
endforeach()
string(APPEND body "    {NULL, NULL},\n};\n")

if(NOT en IN_LIST codes)
  message(FATAL_ERROR "en.messages is missing: reports come in English unless asked otherwise")
endif()

list(LENGTH codes count)
list(JOIN codes ", " codes)
string(CONCAT header "/* Generated from reports/languages/: what the languages of reports say. */\n"
  "#ifndef KANSEN_REPORTS_LANGUAGES_EMBEDDED_H\n#define KANSEN_REPORTS_LANGUAGES_EMBEDDED_H\n\n"
  "#define EMBEDDED_LANGUAGES ${count}\n\n/* Their codes, for people. */\n"
  "#define EMBEDDED_LANGUAGE_CODES \"${codes}\"\n\n"
  "struct embedded_language {\n    const char *code;\n    const char *text; /* of its file */\n};\n\n"
  "/* In order of code; the last one is null. */\n"
  "extern const struct embedded_language embedded_languages[EMBEDDED_LANGUAGES + 1];\n\n#endif\n")

file(WRITE ${OUT}/embedded.h "${header}")
file(WRITE ${OUT}/embedded.c "${body}")
