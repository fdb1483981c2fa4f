# What ends the program when a mistake in it is used against it, instead of obeying whoever uses it.
# tests/e2e/test_hardening.py looks for each in the binary.

# Where code and data lie is random, tables of addresses are read-only before the first line of ours runs, and
# nothing that can be written to can be run.
target_compile_options(kansen_flags INTERFACE -fPIE)
target_link_options(kansen_flags INTERFACE -pie LINKER:-z,relro,-z,now,-z,noexecstack)

# Return addresses are guarded, large frames can't step over the guard page, and jumps land only where a jump
# may land (x86: CET; arm: BTI and PAC). The linker marks the program for shadow stacks although Debian's start
# files have no mark: they don't touch return addresses.
target_compile_options(kansen_flags INTERFACE -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  target_compile_options(kansen_flags INTERFACE -fcf-protection=full)
  target_link_options(kansen_flags INTERFACE LINKER:-z,shstk)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL aarch64)
  target_compile_options(kansen_flags INTERFACE -mbranch-protection=standard)
endif()

# What can't be known to be a format; calls of libc beyond what they were given, whose checks need an optimiser
# and are in a sanitizer's way. -U first: some distributions define it. The checks of C++'s library are for
# sanitizers' builds: the little C++ that there is has no container of its own, and for each value of each event
# it would be asked whether simdjson has a document at all, 3 % of what a load costs.
target_compile_options(kansen_flags INTERFACE -Wformat-security)
if(KANSEN_SANITIZE)
  target_compile_definitions(kansen_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:_GLIBCXX_ASSERTIONS>)
else()
  target_compile_options(kansen_flags INTERFACE
    "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
