// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/http_fields.h"
#include "sublet/adapters/http_transport.h"

namespace sublet::proxy {

// What cannot be sent in a request's method and headers, as a sentence; empty: nothing.
std::string fault_of(std::string_view method, const policy::HttpFields& headers, bool has_body);

// A plan's headers as they go out: without those that are the proxy's or the transport's own, with
// the defaults that every request has.
policy::HttpFields outgoing_fields(const policy::HttpFields& headers);

// A response's headers as tenant code may have them: names in lower case, without those of the
// connection, and without those that describe the body as it was on the wire, since what comes with
// them is decoded.
policy::HttpFields incoming_fields(const std::vector<HttpHeader>& headers);

}  // namespace sublet::proxy
