# SUBLET_SANITIZE builds everything here with a sanitizer: address (with undefined), thread, or fuzzer
# (address, undefined and libFuzzer's coverage; needs clang). The flags travel with the targets.
set(SUBLET_SANITIZE "" CACHE STRING "Sanitizer to build with: address, thread, fuzzer or empty")
set_property(CACHE SUBLET_SANITIZE PROPERTY STRINGS "" address thread fuzzer)

add_library(sublet_sanitizers INTERFACE)
set(_address_flags -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined)
if(SUBLET_SANITIZE STREQUAL "address")
  set(_flags ${_address_flags})
elseif(SUBLET_SANITIZE STREQUAL "thread")
  set(_flags -fsanitize=thread)
elseif(SUBLET_SANITIZE STREQUAL "fuzzer")
  set(_flags ${_address_flags} -fsanitize=fuzzer-no-link)
elseif(SUBLET_SANITIZE)
  message(FATAL_ERROR "SUBLET_SANITIZE is '${SUBLET_SANITIZE}'; it may be address, thread or fuzzer")
else()
  set(_flags "")
endif()
if(_flags)
  target_compile_options(sublet_sanitizers INTERFACE ${_flags} -fno-omit-frame-pointer)
  target_link_options(sublet_sanitizers INTERFACE ${_flags})
  # ctest reads this file before it runs anything: every test inherits the suppressions for V8, which
  # is not instrumented.
  configure_file("${CMAKE_CURRENT_LIST_DIR}/SanitizerEnvironment.cmake.in"
    "${PROJECT_BINARY_DIR}/SanitizerEnvironment.cmake" @ONLY)
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY
    TEST_INCLUDE_FILES "${PROJECT_BINARY_DIR}/SanitizerEnvironment.cmake")
endif()
