// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// What the host asked for could not be done. A guest's failure is never one of these: it is an
// Outcome (see invocation.h).
enum class ErrorCode {
  kInvalidArgument,     // a field of the request is wrong; the message names it and the limit
  kNotFound,            // no such tenant, extension or handler
  kAlreadyExists,       // the name is taken
  kFailedPrecondition,  // the call does not fit the present state, e.g. after shutdown or fork
  kResourceExhausted,   // a limit of the host was reached
  kUnavailable,         // an engine or adapter cannot answer now; a later call may succeed
  kInternal,            // a fault of Sublet's own; also told to Observer::internal_error
  kIndeterminate,       // an adapter did not say whether the request took effect
};

// The stable lower-case name of a code, for logs: "invalid_argument".
SUBLET_EXPORT std::string_view to_string(ErrorCode code) noexcept;

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  // One sentence that names what was wrong: file, line, field, limit where there is one.
  std::string message;
};

}  // namespace v1
}  // namespace sublet
