// SPDX-License-Identifier: Apache-2.0
#pragma once

// The version of these headers; CMake reads it from here.
#define SUBLET_VERSION_MAJOR 0
#define SUBLET_VERSION_MINOR 1
#define SUBLET_VERSION_PATCH 0

#include <string_view>

#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// The version of the library that was linked, for example "0.1.0".
SUBLET_EXPORT std::string_view library_version() noexcept;

// The version of V8 that the library was built against, for example "10.2.154.26".
SUBLET_EXPORT std::string_view engine_version() noexcept;

}  // namespace v1
}  // namespace sublet
