# sublet_warnings: what the project's own targets are compiled with in developer mode. Never exported.
add_library(sublet_warnings INTERFACE)
if(SUBLET_DEVELOPER_MODE)
  target_compile_options(sublet_warnings INTERFACE -Wall -Wextra -Wnon-virtual-dtor
    -Woverloaded-virtual -Wcast-qual -Werror
    # g++ 12 finds overlaps in std::string's own operator+ at -O3 that cannot be (its bug 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wshadow-all -Wno-shadow-field-in-constructor>)
endif()
