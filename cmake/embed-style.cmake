# Writes OUT/page_style.c and OUT/page_style.h from the style sheet STYLE, without its comments.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/c-string.cmake)
file(READ ${STYLE} text)
string(REGEX REPLACE "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/" "" text "${text}")
string(REGEX REPLACE "\n([ \t]*\n)+" "\n" text "${text}")
string(REGEX REPLACE "^\n" "" text "${text}")
file(WRITE ${OUT}/page_style.css "${text}")
c_string(${OUT}/page_style.css text)
file(WRITE ${OUT}/page_style.h "/* Generated from reports/formats/page.css. */\n"
  "#ifndef KANSEN_REPORTS_FORMATS_PAGE_STYLE_H\n#define KANSEN_REPORTS_FORMATS_PAGE_STYLE_H\n\n"
  "extern const char page_style[];\n\n#endif\n")
file(WRITE ${OUT}/page_style.c "#include \"reports/formats/page_style.h\"\n\n"
  "const char page_style[] =\n    ${text};\n")
