// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::base {

// RFC 9110 section 5.6.2: the name of a method or a header.
bool is_http_token(std::string_view text) noexcept;

// Whether a request's header of this name, in any case, says where the message ends or to whom it
// goes, or concerns the connection: it is the transport's own.
bool is_transport_header(std::string_view name) noexcept;

}  // namespace sublet::base
