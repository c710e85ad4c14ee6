# The first example in README.md is an excerpt of a file that runs: the same to the letter.
cmake_minimum_required(VERSION 3.24)

set(root ${CMAKE_CURRENT_LIST_DIR}/..)
file(READ ${root}/examples/loopback.cpp example)
string(REGEX MATCH "// \\[readme\\]\n(.*)// \\[/readme\\]" found "${example}")
set(excerpt "${CMAKE_MATCH_1}")
if(NOT found)
    message(FATAL_ERROR "examples/loopback.cpp marks no excerpt for README.md")
endif()

file(READ ${root}/README.md readme)
string(FIND "${readme}" "```cpp\n${excerpt}```" position)
if(position EQUAL -1)
    message(FATAL_ERROR "README.md does not show the excerpt that examples/loopback.cpp marks:\n${excerpt}")
endif()
