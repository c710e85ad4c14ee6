# Configures consumer/ in an emptied directory, with the arguments behind the script's name, builds
# it and runs its tests: cmake -D directory=<build directory> -P consume.cmake <arguments…>

math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
    if(DEFINED configure_arguments)
        list(APPEND configure_arguments ${CMAKE_ARGV${index}})
    elseif(CMAKE_ARGV${index} MATCHES "consume\\.cmake$")
        set(configure_arguments -D CMAKE_BUILD_TYPE=Debug)
    endif()
endforeach()

file(REMOVE_RECURSE ${directory})
execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${directory}
                        ${configure_arguments}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${directory} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${directory} --output-on-failure
                        --no-tests=error
                COMMAND_ERROR_IS_FATAL ANY)
