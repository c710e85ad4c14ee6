# WSPROTO_MAXIMUM_LIMITS lets all tests run with every limit at its maximum by default: rules that are
# no limits must hold without any. The library has no switch for that: the tests see a copy of
# options.hpp, in front of the real one, in which the defaults of Limits are replaced.

option(WSPROTO_MAXIMUM_LIMITS "Run the tests with all limits at their maximum by default" OFF)

if(WSPROTO_MAXIMUM_LIMITS)
    set(options_header ${PROJECT_SOURCE_DIR}/include/wsproto/options.hpp)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${options_header})
    file(READ ${options_header} text)
    string(FIND "${text}" "struct Limits {" begin)
    string(SUBSTRING "${text}" 0 ${begin} before)
    string(SUBSTRING "${text}" ${begin} -1 limits)
    string(FIND "${limits}" "};" end)
    string(SUBSTRING "${limits}" ${end} -1 behind)
    string(SUBSTRING "${limits}" 0 ${end} limits)

    # "std::size_t early_data = 64 * 1024;" becomes "std::size_t early_data = std::size_t(-1);".
    string(REGEX MATCHALL "std::[a-z0-9_]+ [a-z_]+[ \n]*=" found "${limits}")
    list(LENGTH found count)
    string(REGEX REPLACE "(std::[a-z0-9_]+)( [a-z_]+)[ \n]*=[^;]*;" "\\1\\2 = \\1(-1);" limits "${limits}")
    string(REGEX MATCHALL "\\(-1\\)" replaced "${limits}")
    list(LENGTH replaced replaced_count)
    if(count EQUAL 0 OR NOT count EQUAL replaced_count)
        message(FATAL_ERROR "struct Limits is not written as this script expects")
    endif()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/tests/maximum_limits/wsproto/options.hpp
         CONTENT "${before}${limits}${behind}" @ONLY)
endif()

function(use_maximum_limits target)
    if(WSPROTO_MAXIMUM_LIMITS)
        target_include_directories(${target} BEFORE PRIVATE
                                   ${PROJECT_BINARY_DIR}/tests/maximum_limits)
        target_compile_definitions(${target} PRIVATE WSPROTO_TESTS_MAXIMUM_LIMITS)
    endif()
endfunction()

# Whether a file includes options.hpp, by whatever way. Asked once for each: the answer is kept.
function(ask_whether_it_sees_limits file answer)
    get_property(known GLOBAL PROPERTY "sees limits: ${file}")
    if("${known}" STREQUAL "")
        set(known OFF)
        if(file STREQUAL "${PROJECT_SOURCE_DIR}/include/wsproto/options.hpp")
            set(known ON)
        endif()
        file(STRINGS ${file} includes REGEX "^#include [<\"]")
        foreach(include IN LISTS includes)
            string(REGEX REPLACE "^#include .(.*).$" "\\1" name "${include}")
            foreach(directory include tests)
                if(NOT known AND EXISTS ${PROJECT_SOURCE_DIR}/${directory}/${name})
                    ask_whether_it_sees_limits(${PROJECT_SOURCE_DIR}/${directory}/${name} known)
                endif()
            endforeach()
        endforeach()
        set_property(GLOBAL PROPERTY "sees limits: ${file}" ${known})
    endif()
    set(${answer} ${known} PARENT_SCOPE)
endfunction()

# With limits at their maximum, leaves in a list only the files that can tell the difference.
function(keep_what_sees_limits files)
    if(WSPROTO_MAXIMUM_LIMITS)
        set(kept)
        foreach(file IN LISTS ${files})
            ask_whether_it_sees_limits(${file} sees_limits)
            if(sees_limits)
                list(APPEND kept ${file})
            endif()
        endforeach()
        set(${files} ${kept} PARENT_SCOPE)
    endif()
endfunction()
