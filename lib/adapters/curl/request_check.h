// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sublet/adapters/http_transport.h"

namespace sublet::adapters::curl {

// What cannot be sent in a request's method and headers, as a sentence; empty: nothing.
std::string fault_of(const HttpRequest& request);

bool has_header(const HttpRequest& request, std::string_view name) noexcept;

// Whether doing it twice is doing it once (RFC 9110, 9.2.2).
bool is_idempotent(std::string_view method) noexcept;

}  // namespace sublet::adapters::curl
