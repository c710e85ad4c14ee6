# wsproto_development: what this project asks of its own programs, and never of its users.

option(WSPROTO_WARNINGS_AS_ERRORS "Let a warning fail the build of tests and examples" OFF)
set(WSPROTO_SANITIZE "" CACHE STRING "Sanitizers for tests and examples: address,undefined")
option(WSPROTO_COVERAGE "Count what tests and examples run of the headers; takes Clang" OFF)

add_library(wsproto_development INTERFACE)

if(MSVC)
    target_compile_options(wsproto_development INTERFACE
                           /W4 /permissive- $<$<BOOL:${WSPROTO_WARNINGS_AS_ERRORS}>:/WX>)
else()
    target_compile_options(wsproto_development INTERFACE
                           -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
                           $<$<BOOL:${WSPROTO_WARNINGS_AS_ERRORS}>:-Werror>)
endif()

if(WSPROTO_SANITIZE)
    set(sanitizer_flags -fsanitize=${WSPROTO_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # With these, GCC takes no comparison of an address with null for a constant expression.
        list(APPEND sanitizer_flags
             -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
    endif()
    target_compile_options(wsproto_development INTERFACE
                           ${sanitizer_flags} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(wsproto_development INTERFACE ${sanitizer_flags})
endif()

if(WSPROTO_COVERAGE)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "WSPROTO_COVERAGE takes Clang, not ${CMAKE_CXX_COMPILER_ID}:\
 say -D CMAKE_CXX_COMPILER=clang++, or use the preset `coverage`")
    endif()
    set(coverage_flags -fprofile-instr-generate -fcoverage-mapping)
    target_compile_options(wsproto_development INTERFACE ${coverage_flags})
    target_link_options(wsproto_development INTERFACE ${coverage_flags})
endif()
