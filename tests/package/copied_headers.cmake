# Builds echo_wsproto.cpp from copied headers, llhttp's C files and -lz, without a build system.

file(REMOVE_RECURSE ${directory})
file(MAKE_DIRECTORY ${directory})
file(COPY ${include}/wsproto DESTINATION ${directory}/include)

foreach(source api http llhttp)
    execute_process(COMMAND ${cc} -I ${llhttp_include} -c ${llhttp_sources}/${source}.c
                            -o ${directory}/${source}.o
                    COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND objects ${directory}/${source}.o)
endforeach()

execute_process(COMMAND ${cxx} -std=c++20 -I ${directory}/include -I ${llhttp_include}
                        ${CMAKE_CURRENT_LIST_DIR}/echo_wsproto.cpp ${objects} -lz
                        -o ${directory}/echo
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${directory}/echo COMMAND_ERROR_IS_FATAL ANY)
