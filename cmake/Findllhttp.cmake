# Finds llhttp, the HTTP/1.1 parser of Node.js, and defines the target llhttp::llhttp.
#
# Three places are tried: llhttp's own CMake package, pkg-config, and the C sources that Debian ships
# in node-llhttp. Those are compiled into a static library, for which C has to be enabled.
# Hint: llhttp_ROOT, a prefix in which to look first. llhttp_NOT_FOUND_MESSAGE says what to do.

if(TARGET llhttp::llhttp)
    set(llhttp_FOUND TRUE)
    return()
endif()

macro(_llhttp_from_package)
    find_package(llhttp CONFIG QUIET)
    set(_llhttp_location "${llhttp_DIR}")
    foreach(_llhttp_candidate llhttp::llhttp_static llhttp::llhttp_shared llhttp_static llhttp_shared)
        if(TARGET ${_llhttp_candidate} AND NOT TARGET llhttp::llhttp)
            add_library(llhttp::llhttp INTERFACE IMPORTED)
            target_link_libraries(llhttp::llhttp INTERFACE ${_llhttp_candidate})
        endif()
    endforeach()
endmacro()

macro(_llhttp_from_pkg_config)
    find_package(PkgConfig QUIET)
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(libllhttp QUIET IMPORTED_TARGET GLOBAL libllhttp)
    endif()
    if(TARGET PkgConfig::libllhttp)
        set(_llhttp_location "${libllhttp_LINK_LIBRARIES}")
        set(llhttp_VERSION "${libllhttp_VERSION}")
        add_library(llhttp::llhttp INTERFACE IMPORTED)
        target_link_libraries(llhttp::llhttp INTERFACE PkgConfig::libllhttp)
    endif()
endmacro()

macro(_llhttp_from_sources)
    find_path(llhttp_INCLUDE_DIR llhttp.h PATH_SUFFIXES llhttp share/include/llhttp)
    find_path(llhttp_SOURCE_DIR llhttp.c PATH_SUFFIXES share/llhttp src/llhttp)
    mark_as_advanced(llhttp_INCLUDE_DIR llhttp_SOURCE_DIR)
    get_property(_llhttp_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT llhttp_INCLUDE_DIR OR NOT llhttp_SOURCE_DIR)
        set(llhttp_NOT_FOUND_MESSAGE "Install llhttp (Debian and Ubuntu: libllhttp-dev or node-llhttp).")
    elseif(NOT "C" IN_LIST _llhttp_languages)
        set(llhttp_NOT_FOUND_MESSAGE "llhttp is here as C sources (${llhttp_SOURCE_DIR}), but C is not enabled:\
 say project(... LANGUAGES C CXX), or enable_language(C), before it is looked for.")
    else()
        _llhttp_compile()
    endif()
endmacro()

# The imported target in front keeps the compiled library out of the export set of whoever links it.
macro(_llhttp_compile)
    if(NOT TARGET llhttp_from_sources)
        add_library(llhttp_from_sources STATIC EXCLUDE_FROM_ALL
                    ${llhttp_SOURCE_DIR}/api.c ${llhttp_SOURCE_DIR}/http.c
                    ${llhttp_SOURCE_DIR}/llhttp.c)
        target_include_directories(llhttp_from_sources SYSTEM PUBLIC ${llhttp_INCLUDE_DIR})
        set_target_properties(llhttp_from_sources PROPERTIES POSITION_INDEPENDENT_CODE ON)
    endif()
    set(_llhttp_location "${llhttp_SOURCE_DIR}")
    file(STRINGS ${llhttp_INCLUDE_DIR}/llhttp.h llhttp_VERSION REGEX "define LLHTTP_VERSION_[MP]")
    string(REGEX MATCHALL "[0-9]+" llhttp_VERSION "${llhttp_VERSION}")
    list(JOIN llhttp_VERSION "." llhttp_VERSION)
    add_library(llhttp::llhttp INTERFACE IMPORTED)
    target_link_libraries(llhttp::llhttp INTERFACE llhttp_from_sources)
endmacro()

_llhttp_from_package()
foreach(_llhttp_origin pkg_config sources)
    if(NOT TARGET llhttp::llhttp)
        cmake_language(CALL _llhttp_from_${_llhttp_origin})
    endif()
endforeach()

include(FindPackageHandleStandardArgs)
if(TARGET llhttp::llhttp)
    set(_llhttp_target llhttp::llhttp)
endif()
find_package_handle_standard_args(llhttp REQUIRED_VARS _llhttp_location _llhttp_target
                                  VERSION_VAR llhttp_VERSION
                                  REASON_FAILURE_MESSAGE "${llhttp_NOT_FOUND_MESSAGE}")
