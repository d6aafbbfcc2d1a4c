// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::policy {

// Whether `text` is a version of Semantic Versioning 2.0.0, for example "1.0.0-rc.1+build.5".
bool is_semantic_version(std::string_view text) noexcept;

// Whether `text` is a day of the Gregorian calendar written YYYY-MM-DD, from 2000 on.
bool is_calendar_date(std::string_view text) noexcept;

}  // namespace sublet::policy
