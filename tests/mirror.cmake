# Fails when a header of the library has no test file of its name. Run with cmake -P.
#
# The umbrella and the version are exempt: one includes, the other is read by the build itself.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
file(GLOB_RECURSE headers RELATIVE ${root}/include/wsproto ${root}/include/wsproto/*.hpp)
list(REMOVE_ITEM headers wsproto.hpp version.hpp)

foreach(header IN LISTS headers)
    cmake_path(REPLACE_EXTENSION header cpp OUTPUT_VARIABLE test)
    if(NOT EXISTS ${root}/tests/${test})
        message(SEND_ERROR "include/wsproto/${header} has no tests/${test}")
    endif()
endforeach()
