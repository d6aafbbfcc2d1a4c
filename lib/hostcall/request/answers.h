// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hostcall/answer_check.h"
#include "proxy/request_plan.h"

namespace sublet::hostcall {

// What `request` and `fetch` answer, as the SDK takes it: JSON with the body as `text`; or, where
// the body is no UTF-8, bytes: the length of the JSON (four bytes, little-endian), the JSON, the
// body.
CheckedAnswer answer_request(const proxy::RequestAnswer& answer, std::string_view called);

}  // namespace sublet::hostcall
