# Installs the library, its headers, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)
set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Sublet")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/sublet" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

install(TARGETS sublet-sandbox RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/sublet")

# One export set for each kind: only the static one makes a consumer look for V8.
foreach(kind static shared)
  install(TARGETS sublet_${kind} EXPORT Sublet_${kind}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT Sublet_${kind} NAMESPACE sublet:: DESTINATION "${_package_dir}")
endforeach()

# What adapters are proved by goes with either.
install(TARGETS sublet_testing EXPORT Sublet_testing ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT Sublet_testing NAMESPACE sublet:: DESTINATION "${_package_dir}")

# A static consumer on this machine finds the same V8, unless it names another with V8_ROOT.
set(SUBLET_V8_HINT "")
foreach(_root IN ITEMS "${V8_ROOT}" "$ENV{V8_ROOT}" "${SUBLET_V8_PREFIX}")
  if(_root)
    cmake_path(IS_PREFIX _root "${V8_LIBRARY}" NORMALIZE _inside)
    if(_inside AND NOT SUBLET_V8_HINT)
      set(SUBLET_V8_HINT "${_root}")
    endif()
  endif()
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/SubletConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/SubletConfig.cmake"
  INSTALL_DESTINATION "${_package_dir}" NO_SET_AND_CHECK_MACRO)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(_compatibility SameMinorVersion)
else()
  set(_compatibility SameMajorVersion)
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/SubletConfigVersion.cmake"
  COMPATIBILITY ${_compatibility})
install(FILES
  "${PROJECT_BINARY_DIR}/SubletConfig.cmake"
  "${PROJECT_BINARY_DIR}/SubletConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindV8.cmake"
  DESTINATION "${_package_dir}")

# From the folder of sublet.pc back to the prefix, so that an installation can be moved.
file(RELATIVE_PATH SUBLET_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file("${CMAKE_CURRENT_LIST_DIR}/sublet.pc.in" "${PROJECT_BINARY_DIR}/sublet.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/sublet.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
