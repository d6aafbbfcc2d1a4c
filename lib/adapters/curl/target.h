// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::adapters::curl {

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// Where a request goes.
struct Target {
  Url url;
  std::string host;  // with the brackets of an IPv6 address
  std::uint16_t port = 0;
};

// False where it is no absolute URL of http or https, or has a user, a password or a fragment.
bool read_target(const std::string& url, Target& target);

// An address in numbers as the system writes it, so that equal ones are equal texts; empty where it
// is none.
std::string normal_address(const std::string& address);

// The name under which libcurl knows the addresses of a request. It stands for the pool too, and
// libcurl uses a connection again for the same name only: that keeps pools apart, and never takes
// a connection for a request that may go elsewhere. It is no name that anybody could look up.
std::string alias_of(std::string_view pool, std::vector<std::string> addresses);

// "alias:port:1.2.3.4,[::1]": what CURLOPT_RESOLVE takes.
std::string pin_of(const std::string& alias, std::uint16_t port,
                   const std::vector<std::string>& addresses);

// With brackets where it needs them.
std::string bracketed(const std::string& address);

}  // namespace sublet::adapters::curl
