# Bundles the JavaScript face of the engine. Gives SUBLET_SDK_SOURCES (a C++ source that embeds it)
# and SUBLET_SDK_DIRECTORY (the bundles by themselves).
set(SUBLET_SDK_BUNDLE "" CACHE PATH
  "Folder with a bundled SDK (sdk_sources.cc, THIRD_PARTY, *.js): needs neither Node.js nor npm")

set(_sdk "${CMAKE_CURRENT_LIST_DIR}")
if(SUBLET_SDK_BUNDLE)
  set(SUBLET_SDK_DIRECTORY "${SUBLET_SDK_BUNDLE}")
  if(NOT EXISTS "${SUBLET_SDK_DIRECTORY}/sdk_sources.cc")
    message(FATAL_ERROR "SUBLET_SDK_BUNDLE: ${SUBLET_SDK_DIRECTORY} has no sdk_sources.cc")
  endif()
else()
  find_program(SUBLET_NODE node)
  find_program(SUBLET_NPM npm)
  if(NOT SUBLET_NODE OR NOT SUBLET_NPM)
    message(FATAL_ERROR "Bundling the SDK needs Node.js and npm; or set SUBLET_SDK_BUNDLE")
  endif()
  # Everything is made in the build tree; the source tree stays as it is.
  set(SUBLET_SDK_DIRECTORY "${PROJECT_BINARY_DIR}/sdk")
  set(_packages "${PROJECT_BINARY_DIR}/sdk_packages")
  set(_package_files "${_sdk}/package.json" "${_sdk}/package-lock.json" "${_sdk}/.npmrc")
  add_custom_command(
    OUTPUT "${_packages}/installed"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${_packages}"
    COMMAND "${CMAKE_COMMAND}" -E copy ${_package_files} "${_packages}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${_packages}" "${SUBLET_NPM}" ci --silent
    COMMAND "${CMAKE_COMMAND}" -E touch "${_packages}/installed"
    DEPENDS ${_package_files}
    WORKING_DIRECTORY "${PROJECT_BINARY_DIR}"
    COMMENT "Installing the SDK's npm packages"
    VERBATIM)
  file(GLOB_RECURSE _sources CONFIGURE_DEPENDS "${_sdk}/src/*.js" "${_sdk}/tools/*.js")
  add_custom_command(
    OUTPUT "${SUBLET_SDK_DIRECTORY}/sdk_sources.cc"
    BYPRODUCTS "${SUBLET_SDK_DIRECTORY}/THIRD_PARTY"
    COMMAND "${SUBLET_NODE}" "${_sdk}/build.mjs" "${_packages}" "${SUBLET_SDK_DIRECTORY}"
    DEPENDS "${_packages}/installed" "${_sdk}/build.mjs" ${_sources}
    COMMENT "Bundling the SDK"
    VERBATIM)
endif()
# Known to the tests too.
set(SUBLET_SDK_DIRECTORY "${SUBLET_SDK_DIRECTORY}" CACHE INTERNAL "The bundled SDK")
set(SUBLET_SDK_SOURCES "${SUBLET_SDK_DIRECTORY}/sdk_sources.cc")
add_custom_target(sublet_sdk DEPENDS "${SUBLET_SDK_SOURCES}")

install(FILES "${_sdk}/sublet.d.ts" "${SUBLET_SDK_DIRECTORY}/THIRD_PARTY"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/sublet")
