// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/failure.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>

namespace sublet::adapters::postgres {
namespace {

struct Meaning {
  std::string_view state;  // a whole SQLSTATE, or its class: the first two characters
  ErrorCode code;
  bool retry;
  bool reconnect;
};

// The first that fits.
constexpr std::array kMeanings = {
    Meaning{"40001", ErrorCode::kUnavailable, true, false},         // serialization failure
    Meaning{"40P01", ErrorCode::kUnavailable, true, false},         // deadlock
    Meaning{"53100", ErrorCode::kResourceExhausted, false, false},  // disk full
    Meaning{"53", ErrorCode::kUnavailable, false, false},           // connections, memory
    Meaning{"57014", ErrorCode::kUnavailable, false, false},        // statement_timeout
    Meaning{"57", ErrorCode::kUnavailable, true, true},             // the server or session ends
    Meaning{"08", ErrorCode::kUnavailable, true, true},             // connection
    Meaning{"25006", ErrorCode::kUnavailable, true, true},          // this server became a standby
    Meaning{"25P0", ErrorCode::kUnavailable, true, true},           // ended for idling
    Meaning{"0A000", ErrorCode::kUnavailable, true, true},          // a prepared plan is outdated
    Meaning{"26000", ErrorCode::kUnavailable, true, true},          // ... or gone
    Meaning{"55", ErrorCode::kUnavailable, false, false},           // a lock was not to be had
    Meaning{"42", ErrorCode::kFailedPrecondition, false, false},    // tables or rights are missing
    Meaning{"3F", ErrorCode::kFailedPrecondition, false, false},    // so is the schema
    Meaning{"28", ErrorCode::kUnavailable, false, false},           // authentication
};

std::string_view field(const pg_result* result, int which) {
  const char* text = PQresultErrorField(result, which);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

Failure failure_of_state(std::string_view state, std::string_view message) {
  Failure failure;
  failure.error.code = ErrorCode::kInternal;
  const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                  [&](const Meaning& m) { return state.starts_with(m.state); });
  if (found != kMeanings.end()) {
    failure.error.code = found->code;
    failure.retry = found->retry;
    failure.reconnect = found->reconnect;
  }
  failure.error.message = "PostgreSQL: " + std::string(message) + " (" + std::string(state) + ")";
  return failure;
}

Failure failure_of(const pg_result* result) {
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  // Without one it is libpq that speaks: the connection broke.
  if (state.empty()) return connection_lost("the connection broke", true);
  Failure failure = failure_of_state(state, field(result, PG_DIAG_MESSAGE_PRIMARY));
  const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  failure.session_ended = severity == "FATAL" || severity == "PANIC";
  failure.reconnect |= failure.session_ended;
  return failure;
}

Failure connection_lost(std::string_view why, bool unknown) {
  Failure failure;
  failure.error = {ErrorCode::kUnavailable, "PostgreSQL: " + std::string(why)};
  failure.retry = !unknown;
  failure.unknown = unknown;
  failure.reconnect = true;
  return failure;
}

}  // namespace sublet::adapters::postgres
