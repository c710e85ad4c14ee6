# Builds echo_core.cpp from copied headers with nothing but -I, and checks what the core includes.

file(REMOVE_RECURSE ${directory})
file(MAKE_DIRECTORY ${directory})
file(COPY ${include}/wsproto DESTINATION ${directory}/include)
set(compile ${cxx} -std=c++20 -I ${directory}/include)

execute_process(COMMAND ${compile} ${CMAKE_CURRENT_LIST_DIR}/echo_core.cpp -o ${directory}/echo
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${directory}/echo COMMAND_ERROR_IS_FATAL ANY)

# All headers of the core at once, and every file that they lead to.
string(REPLACE "|" ";" core_headers "${core_headers}")
foreach(header IN LISTS core_headers)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${include})
    string(APPEND program "#include <${header}>\n")
endforeach()
file(WRITE ${directory}/all_core.cpp "${program}")
execute_process(COMMAND ${compile} -M ${directory}/all_core.cpp OUTPUT_VARIABLE included
                COMMAND_ERROR_IS_FATAL ANY)
if(included MATCHES "[^ ]*/(zlib|llhttp)[a-z_]*\\.h(pp)?")
    message(FATAL_ERROR "the core includes ${CMAKE_MATCH_0}")
endif()
