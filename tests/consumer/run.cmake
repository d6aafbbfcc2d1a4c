# Configures, builds and runs one consumer project in a folder of its own.
#   -DPROJECT=<source> -DWORK=<build folder> -DCONSUMER_SOURCE=<file> -DEXPECT=<regex of the output>
#   -DFORWARD=<semicolon list of further -D arguments>
# -DREADME=<file>: the source is the first C++ block of that document.
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
  string(SUBSTRING "${text}" 0 ${end} text)
  set(CONSUMER_SOURCE "${WORK}/pasted.cc")
  file(WRITE "${CONSUMER_SOURCE}" "${text}\n")
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
if(NOT result EQUAL 0 OR NOT output MATCHES "${EXPECT}")
  message(FATAL_ERROR "the consumer ended with ${result}; expected output: ${EXPECT}")
endif()
