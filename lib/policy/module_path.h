// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/result.h"

// Paths inside a bundle: relative, '/' between the parts, no part empty, "." or "..".
namespace sublet::policy {

inline constexpr std::size_t kMaxPath = 255;

// Refuses a path that is empty, longer than 255 bytes, absolute, not UTF-8, or has a backslash, a
// control character, or a part that is empty, "." or "..". The message names the path.
Result<void> check_bundle_path(std::string_view path);

// The path that `reference` ("./a.js", "../lib/b.js", "b.js") names from the folder of the
// file `from`. nullopt where it climbs out of the bundle or is no well-formed path.
std::optional<std::string> join_path(std::string_view from, std::string_view reference);

// Whether a file exists in the bundle.
using HasFile = std::function<bool(std::string_view path)>;

// The file that `specifier` imports when it is written in `importer`. Only specifiers that begin
// with "./" or "../" and name an existing file, with its ending, are resolved; the message of a
// refusal begins with the importer's path and says what to do. Callers that know the import's line
// put it there by `position`, for example "3:1".
Result<std::string> resolve_specifier(std::string_view importer, std::string_view specifier,
                                      const HasFile& has_file, std::string_view position = {});

}  // namespace sublet::policy
