# Writes OUT/NAME.tar.gz and its SHA-256: what is committed of the clone SOURCE, and nothing else, so
# that the same commit gives the same bytes whatever lies about.
cmake_minimum_required(VERSION 3.25)

find_program(GIT git REQUIRED)
execute_process(COMMAND ${GIT} status --porcelain --untracked-files=no WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE changes RESULT_VARIABLE failed ERROR_VARIABLE why)
if(NOT failed EQUAL 0)
  string(STRIP "${why}" why)
  message(FATAL_ERROR "package_source is made of a clone: ${why}")
elseif(NOT changes STREQUAL "")
  message(WARNING "what is not committed is left out:\n${changes}")
endif()
execute_process(COMMAND ${GIT} archive --format=tar.gz --prefix=${NAME}/ -o ${OUT}/${NAME}.tar.gz HEAD
  WORKING_DIRECTORY ${SOURCE} COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 ${OUT}/${NAME}.tar.gz digest)
file(WRITE ${OUT}/${NAME}.tar.gz.sha256 "${digest}  ${NAME}.tar.gz\n")
message(STATUS "${OUT}/${NAME}.tar.gz, SHA-256 ${digest}")
