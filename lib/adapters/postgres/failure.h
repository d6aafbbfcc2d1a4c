// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sublet/error.h"

extern "C" {
struct pg_result;
}

namespace sublet::adapters::postgres {

// Why a transaction did not go through.
struct Failure {
  // What the caller gets where it is not tried again.
  Error error;
  // Nothing was done, and the same may go through when tried again.
  bool retry = false;
  // The server may have done it.
  bool unknown = false;
  // The session is of no more use: another one is needed.
  bool reconnect = false;
  // Nothing more comes over the session.
  bool session_over = false;
  // ... and the server did nothing that was sent after what this answers.
  bool left = false;
};

// Of a result that is an error.
Failure failure_of(const pg_result* result);
// By the five characters of SQLSTATE; `message` is the server's.
Failure failure_of_state(std::string_view state, std::string_view message);
// The connection ended before the answer came.
Failure connection_lost(std::string_view why, bool unknown);

}  // namespace sublet::adapters::postgres
