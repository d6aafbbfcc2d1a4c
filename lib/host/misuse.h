// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sublet/result.h"

// Errors that several operations of a host answer.
namespace sublet::host {

Error forked();
Error not_installed(std::string_view tenant, std::string_view extension);

}  // namespace sublet::host
