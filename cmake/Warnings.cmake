# sublet_warnings: what the project's own targets are compiled with in developer mode. Never exported.
add_library(sublet_warnings INTERFACE)
if(SUBLET_DEVELOPER_MODE)
  target_compile_options(sublet_warnings INTERFACE -Wall -Wextra -Wnon-virtual-dtor
    -Woverloaded-virtual -Wcast-qual -Werror
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wshadow-all -Wno-shadow-field-in-constructor>)
endif()
