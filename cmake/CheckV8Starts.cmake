# sublet_check_v8_starts(): stops the configuration with a plain message where the V8 that was found
# cannot be compiled against, linked or started. Asked once for each V8; not when cross-compiling.
function(sublet_check_v8_starts)
  get_target_property(definitions V8::V8 INTERFACE_COMPILE_DEFINITIONS)
  set(identity "${V8_LIBRARY} ${V8_VERSION} ${definitions}")
  if(CMAKE_CROSSCOMPILING OR SUBLET_V8_STARTED STREQUAL identity)
    return()
  endif()
  unset(_sublet_v8_exit CACHE)
  unset(_sublet_v8_compiled CACHE)
  try_run(_sublet_v8_exit _sublet_v8_compiled
    SOURCES "${PROJECT_SOURCE_DIR}/cmake/checks/v8_starts.cc"
    LINK_LIBRARIES V8::V8
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON
    COMPILE_OUTPUT_VARIABLE compile_output
    RUN_OUTPUT_VARIABLE run_output)
  if(NOT _sublet_v8_compiled)
    message(FATAL_ERROR
      "V8 ${V8_VERSION} was found (${V8_LIBRARY}) but a small program does not build with it:\n"
      "${compile_output}")
  elseif(NOT _sublet_v8_exit STREQUAL "0")
    message(FATAL_ERROR
      "V8 ${V8_VERSION} was found (${V8_LIBRARY}) but does not start: exit ${_sublet_v8_exit}.\n"
      "A V8 that was built with other settings than these definitions ends like this: "
      "'${definitions}'. Set V8_COMPILE_DEFINITIONS to the ones it was built with.\n${run_output}")
  endif()
  set(SUBLET_V8_STARTED "${identity}" CACHE INTERNAL "The V8 that the start-up check passed with")
endfunction()
