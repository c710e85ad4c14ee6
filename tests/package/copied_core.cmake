# Builds echo_core.cpp from a copy of the core's headers with nothing but -I, and checks that they
# lead neither to another header of the library nor to zlib or llhttp.

file(REMOVE_RECURSE ${directory})
string(REPLACE "|" ";" core_headers "${core_headers}")
foreach(header IN LISTS core_headers)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${include})
    cmake_path(GET header PARENT_PATH folder)
    file(COPY ${include}/${header} DESTINATION ${directory}/include/${folder})
    string(APPEND program "#include <${header}>\n")
endforeach()
set(compile ${cxx} -std=c++20 -I ${directory}/include)

execute_process(COMMAND ${compile} ${CMAKE_CURRENT_LIST_DIR}/echo_core.cpp -o ${directory}/echo
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${directory}/echo COMMAND_ERROR_IS_FATAL ANY)

file(WRITE ${directory}/all_core.cpp "${program}")
execute_process(COMMAND ${compile} -M ${directory}/all_core.cpp OUTPUT_VARIABLE included
                COMMAND_ERROR_IS_FATAL ANY)
if(included MATCHES "[^ ]*/(zlib|llhttp)[a-z_]*\\.h(pp)?")
    message(FATAL_ERROR "the core includes ${CMAKE_MATCH_0}")
endif()
