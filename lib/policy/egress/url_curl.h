// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sublet::policy {

// A URL as libcurl reads it, which will connect to it.
struct CurlReading {
  std::string scheme;
  std::string host;            // IPv6 in brackets
  std::string port;            // the scheme's own where the URL has none
  std::string path_and_query;  // dot segments resolved, what is not ASCII percent-encoded
};

// nullopt where libcurl refuses it, or finds a user name or a fragment.
std::optional<CurlReading> read_by_curl(const std::string& url);

// `reference` resolved against the absolute URL `base`.
std::optional<std::string> resolve_by_curl(const std::string& base, const std::string& reference);

}  // namespace sublet::policy
