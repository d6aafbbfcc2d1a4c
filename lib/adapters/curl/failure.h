// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <string_view>

#include "sublet/adapters/http_transport.h"

namespace sublet::adapters::curl {

// What libcurl's answer means. `connected`: the request was about to be sent, or more; `answered`:
// the headers are all there.
HttpFailure failure_of(CURLcode result, bool connected, bool answered,
                       std::string_view message) noexcept;

}  // namespace sublet::adapters::curl
