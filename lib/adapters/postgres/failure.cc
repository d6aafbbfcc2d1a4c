// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/failure.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>

namespace sublet::adapters::postgres {
namespace {

enum class Then {
  kTell,       // its caller is told; nothing was done
  kAgain,      // nothing was done, and the same may go through
  kElsewhere,  // ... over another session
  kUnknown,    // it may have been done; the session is of no more use
};

struct Meaning {
  std::string_view state;  // a whole SQLSTATE, or its class: the first two characters
  ErrorCode code;
  Then then;
};

// The first that fits.
constexpr std::array kMeanings = {
    Meaning{"40001", ErrorCode::kUnavailable, Then::kAgain},       // serialization failure
    Meaning{"40P01", ErrorCode::kUnavailable, Then::kAgain},       // deadlock
    Meaning{"40003", ErrorCode::kUnavailable, Then::kUnknown},     // completion unknown
    Meaning{"53100", ErrorCode::kResourceExhausted, Then::kTell},  // disk full
    Meaning{"53", ErrorCode::kUnavailable, Then::kTell},           // connections, memory
    Meaning{"57014", ErrorCode::kUnavailable, Then::kTell},        // statement_timeout
    Meaning{"57", ErrorCode::kUnavailable, Then::kElsewhere},      // the server or session ends
    Meaning{"08", ErrorCode::kUnavailable, Then::kUnknown},        // connection
    Meaning{"25006", ErrorCode::kUnavailable, Then::kElsewhere},   // the server became a standby
    Meaning{"25P0", ErrorCode::kUnavailable, Then::kElsewhere},    // ended for idling
    Meaning{"0A000", ErrorCode::kUnavailable, Then::kElsewhere},   // a prepared plan is outdated
    Meaning{"26000", ErrorCode::kUnavailable, Then::kElsewhere},   // ... or gone
    Meaning{"55", ErrorCode::kUnavailable, Then::kTell},           // a lock was not to be had
    Meaning{"42", ErrorCode::kFailedPrecondition, Then::kTell},    // tables or rights are missing
    Meaning{"3F", ErrorCode::kFailedPrecondition, Then::kTell},    // so is the schema
    Meaning{"28", ErrorCode::kUnavailable, Then::kTell},           // authentication
};

// With which a server's own process leaves a session. It does nothing afterwards.
constexpr std::array<std::string_view, 4> kLeaves = {"57P01", "57P02", "57P05", "25P03"};

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
    failure.retry = found->then == Then::kAgain || found->then == Then::kElsewhere;
    failure.unknown = found->then == Then::kUnknown;
    failure.reconnect = found->then == Then::kElsewhere || found->then == Then::kUnknown;
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
  failure.session_over = severity == "FATAL" || severity == "PANIC";
  if (!failure.session_over) return failure;
  failure.reconnect = true;
  failure.left = std::find(kLeaves.begin(), kLeaves.end(), state) != kLeaves.end();
  if (failure.left) return failure;
  // It may be somebody in between who speaks, or a server that breaks down while it commits.
  failure.unknown = true;
  failure.retry = false;
  return failure;
}

Failure connection_lost(std::string_view why, bool unknown) {
  Failure failure;
  failure.error = {ErrorCode::kUnavailable, "PostgreSQL: " + std::string(why)};
  failure.retry = !unknown;
  failure.unknown = unknown;
  failure.reconnect = failure.session_over = true;
  return failure;
}

}  // namespace sublet::adapters::postgres
