// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sublet/adapters/curl_http_transport.h"

namespace sublet::adapters::curl {

// The options, checked and read.
struct Settings {
  CurlHttpTransportOptions options;
  std::string encodings;      // what libcurl can decode, as Accept-Encoding names it
  std::string proxy_address;  // empty: none
  std::uint16_t proxy_port = 0;
};

Result<Settings> read_options(CurlHttpTransportOptions options);

}  // namespace sublet::adapters::curl
