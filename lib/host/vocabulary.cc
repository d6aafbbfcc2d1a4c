// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <string_view>

#include "sublet/error.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/observer.h"
#include "sublet/tenant.h"
#include "sublet/version.h"

// The names and tables of the public enums.
namespace sublet {
inline namespace v1 {
namespace {

struct OutcomeRow {
  Outcome outcome;
  std::string_view name;
  bool retried;
  bool breaker;
};

constexpr std::array kOutcomes = {
    OutcomeRow{Outcome::kOk, "ok", false, false},
    OutcomeRow{Outcome::kException, "exception", true, true},
    OutcomeRow{Outcome::kInvalidResult, "invalid_result", false, true},
    OutcomeRow{Outcome::kHandlerNotFound, "handler_not_found", false, false},
    OutcomeRow{Outcome::kCompileError, "compile_error", false, true},
    OutcomeRow{Outcome::kExceededWallTime, "exceeded_wall_time", true, true},
    OutcomeRow{Outcome::kExceededCpu, "exceeded_cpu", false, true},
    OutcomeRow{Outcome::kExceededMemory, "exceeded_memory", false, true},
    OutcomeRow{Outcome::kExceededHostCalls, "exceeded_host_calls", false, true},
    OutcomeRow{Outcome::kCanceled, "canceled", false, false},
    OutcomeRow{Outcome::kThrottled, "throttled", true, false},
    OutcomeRow{Outcome::kCircuitOpen, "circuit_open", true, false},
    OutcomeRow{Outcome::kLoadShed, "load_shed", true, false},
    OutcomeRow{Outcome::kExpired, "expired", false, false},
    OutcomeRow{Outcome::kDisabled, "disabled", false, false},
    OutcomeRow{Outcome::kQuarantined, "quarantined", true, false},
    OutcomeRow{Outcome::kSandboxLost, "sandbox_lost", true, true},
    OutcomeRow{Outcome::kInternalError, "internal_error", true, false},
};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    if (static_cast<std::size_t>(kOutcomes[i].outcome) != i) return false;
  }
  return kOutcomes.size() == static_cast<std::size_t>(Outcome::kInternalError) + 1;
}
static_assert(rows_are_in_order());

// A value outside the enum is a fault of ours, or of a newer header.
const OutcomeRow& row(Outcome outcome) {
  const auto index = static_cast<std::size_t>(outcome);
  return index < kOutcomes.size() ? kOutcomes[index] : kOutcomes.back();
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept { return row(outcome).name; }
bool is_retried_by_default(Outcome outcome) noexcept { return row(outcome).retried; }
bool counts_against_breaker(Outcome outcome) noexcept { return row(outcome).breaker; }

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kAlreadyExists:
      return "already_exists";
    case ErrorCode::kFailedPrecondition:
      return "failed_precondition";
    case ErrorCode::kResourceExhausted:
      return "resource_exhausted";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kInternal:
      return "internal";
    case ErrorCode::kIndeterminate:
      return "indeterminate";
  }
  return "internal";
}

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

std::string_view to_string(IsolateEnd end) noexcept {
  switch (end) {
    case IsolateEnd::kEvicted:
      return "evicted";
    case IsolateEnd::kCondemned:
      return "condemned";
    case IsolateEnd::kAbandoned:
      return "abandoned";
    case IsolateEnd::kReplaced:
      return "replaced";
    case IsolateEnd::kLost:
      return "lost";
  }
  return "replaced";
}

std::string_view to_string(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::kAutomatic:
      return "automatic";
    case Isolation::kInProcess:
      return "in_process";
    case Isolation::kSandboxed:
      return "sandboxed";
  }
  return "automatic";
}

Limits Limits::for_events() {
  Limits limits;
  limits.soft_cpu_time = Milliseconds(1000);
  limits.cpu_time = Milliseconds(2000);
  limits.wall_time = Milliseconds(20'000);
  return limits;
}

#define SUBLET_TEXT_OF(x) #x
#define SUBLET_TEXT(x) SUBLET_TEXT_OF(x)
std::string_view library_version() noexcept {
  return SUBLET_TEXT(SUBLET_VERSION_MAJOR) "." SUBLET_TEXT(SUBLET_VERSION_MINOR) "." SUBLET_TEXT(
      SUBLET_VERSION_PATCH);
}
#undef SUBLET_TEXT
#undef SUBLET_TEXT_OF

}  // namespace v1
}  // namespace sublet
