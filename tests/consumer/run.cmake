# Configures, builds and runs one consumer project in a folder of its own.
#   -DPROJECT=<source> -DWORK=<build folder> -DCONSUMER_SOURCE=<file> -DEXPECT=<part of the output>
#   -DFORWARD=<semicolon list of further -D arguments>
# -DREADME=<file>: the source is the first C++ block of that document, and what it prints is what the
# document says: It prints `...`.
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")

if(README)
  file(READ "${README}" text)
  string(FIND "${text}" "```cpp\n" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "${README} has no C++ block")
  endif()
  math(EXPR begin "${begin} + 7")
  string(SUBSTRING "${text}" ${begin} -1 text)
  string(FIND "${text}" "\n```" end)
  set(CONSUMER_SOURCE "${WORK}/pasted.cc")
  string(SUBSTRING "${text}" ${end} -1 after)
  string(SUBSTRING "${text}" 0 ${end} text)
  file(WRITE "${CONSUMER_SOURCE}" "${text}\n")
  if(NOT after MATCHES "It prints `([^`]+)`")
    message(FATAL_ERROR "${README} does not say what its program prints")
  endif()
  set(EXPECT "${CMAKE_MATCH_1}")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -S "${PROJECT}" -B "${WORK}/build" -G "${GENERATOR}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0
  "-DCONSUMER_SOURCE=${CONSUMER_SOURCE}" ${FORWARD}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build "${WORK}/build" --target consumer
  COMMAND_ERROR_IS_FATAL ANY)
# Run where the pasted program may leave files.
execute_process(COMMAND "${WORK}/build/consumer" WORKING_DIRECTORY "${WORK}"
  OUTPUT_VARIABLE output RESULT_VARIABLE result)
message(STATUS "output: ${output}")
string(FIND "${output}" "${EXPECT}" found)
if(NOT result EQUAL 0 OR found EQUAL -1)
  message(FATAL_ERROR "the consumer ended with ${result}; its output has to contain: ${EXPECT}")
endif()
