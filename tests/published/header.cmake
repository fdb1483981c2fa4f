# kansen_published_header(JSON HEADER): the published figures as macros of C.
#
#   PUBLISHED_MONTHS     {5867, …}: infections, in the order of the months
#   PUBLISHED_TOTAL      12213
#   PUBLISHED_COUNTRIES  {{"JP", 2934, 2402}, …}: code, infections, share in hundredths of a percent
#   PUBLISHED_OTHER, PUBLISHED_OTHER_SHARE

function(kansen_published_header json header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${json})
  file(READ ${json} published)

  string(JSON count LENGTH ${published} months)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON month MEMBER ${published} months ${i})
    string(JSON infections GET ${published} months ${month})
    list(APPEND months ${infections})
  endforeach()

  string(JSON count LENGTH ${published} countries)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON code GET ${published} countries ${i} country)
    string(JSON infections GET ${published} countries ${i} infections)
    string(JSON share GET ${published} countries ${i} share)
    kansen_hundredths(${share} share)
    list(APPEND countries "{\"${code}\", ${infections}, ${share}}")
  endforeach()

  string(JSON total GET ${published} total)
  string(JSON other GET ${published} other infections)
  string(JSON other_share GET ${published} other share)
  kansen_hundredths(${other_share} other_share)
  list(JOIN months ", " months)
  list(JOIN countries ", " countries)
  file(CONFIGURE OUTPUT ${header} @ONLY CONTENT [[/* Of tests/published/bitcoin-miner-2013.json. */
#define PUBLISHED_MONTHS {@months@}
#define PUBLISHED_TOTAL @total@
#define PUBLISHED_COUNTRIES {@countries@}
#define PUBLISHED_OTHER @other@
#define PUBLISHED_OTHER_SHARE @other_share@
]])
endfunction()

# "24.02" -> 2402, without the zeros in front that C would take for octal.
function(kansen_hundredths share result)
  string(REPLACE "." "" digits ${share})
  string(REGEX REPLACE "^0+([0-9])" "\\1" digits ${digits})
  set(${result} ${digits} PARENT_SCOPE)
endfunction()
