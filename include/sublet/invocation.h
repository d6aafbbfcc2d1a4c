// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"
#include "sublet/request.h"

namespace sublet {
inline namespace v1 {

// How an invocation ended. "Retry": retried by default where the event is durable. "Breaker":
// counts as a failure for the circuit breaker.
enum class Outcome : std::uint8_t {
  //                      retry  breaker
  kOk,                 // no     no       the handler answered
  kException,          // yes    yes      the handler threw or rejected
  kInvalidResult,      // no     yes      the answer is no JSON, or larger than Limits::result
  kHandlerNotFound,    // no     no       nobody listens to this event
  kCompileError,       // no     yes      top-level code failed when a context was prepared
  kExceededWallTime,   // yes    yes      Limits::wall_time
  kExceededCpu,        // no     yes      Limits::cpu_time
  kExceededMemory,     // no     yes      Limits::heap
  kExceededHostCalls,  // no     yes      Limits::host_calls, pending_host_calls, requests; events
  kCanceled,           // no     no       the caller's stop token
  kThrottled,          // yes    no       KeyValueQuota::rate, or a rate of RequestPolicy
  kCircuitOpen,        // yes    no       the extension failed too often
  kLoadShed,           // yes    no       the tenant's queue, or the host's, is full
  kExpired,            // no     no       InvokeOptions::deadline passed before it could run
  kDisabled,           // no     no       the tenant or extension is switched off
  kQuarantined,        // yes    no       too many isolates were left behind in this process
  kSandboxLost,        // yes    yes      its sandboxed process ended, or none could be had
  kInternalError,      // yes    no       a fault of Sublet's own
};

// The stable lower-case name: "exceeded_wall_time".
SUBLET_EXPORT std::string_view to_string(Outcome outcome) noexcept;
// The two columns of the table above.
SUBLET_EXPORT bool is_retried_by_default(Outcome outcome) noexcept;
SUBLET_EXPORT bool counts_against_breaker(Outcome outcome) noexcept;

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

SUBLET_EXPORT std::string_view to_string(LogLevel level) noexcept;

// One line that tenant code logged.
struct LogLine {
  LogLevel level = LogLevel::kInfo;
  // Since the invocation's first turn.
  std::chrono::nanoseconds at{0};
  std::string text;
};

// What tenant code threw, or why a limit ended it.
struct GuestError {
  // The error's class name, for example "TypeError"; the outcome's name where a limit ended it.
  std::string name;
  std::string message;
  // One frame a line, source-mapped where the bundle has a map: "    at f (src/main.ts:6:3)".
  std::string stack;
  // Where it threw a RetryError: how long it asks to wait before the next attempt at a durable
  // event. At most 30 days.
  std::optional<std::chrono::milliseconds> retry_after = {};
};

// What an invocation used.
struct Usage {
  std::chrono::nanoseconds cpu_time{0};        // of the worker thread, all turns
  std::chrono::nanoseconds wall_time{0};       // first turn to outcome
  std::chrono::nanoseconds queue_time{0};      // accepted to first turn
  std::chrono::nanoseconds host_call_time{0};  // sum over host calls, from start to completion
  Bytes peak_heap;                             // largest reading of the isolate's heap while it ran
  Bytes peak_external;                         // likewise, ArrayBuffers and other external memory
  std::uint32_t turns = 0;                     // times the invocation entered the isolate
  std::uint32_t host_calls = 0;
  std::uint32_t kv_reads = 0;   // entries read; a page of a list counts as one
  std::uint32_t kv_writes = 0;  // entries written, or tried to
  Bytes kv_bytes_read;          // of keys and values that came back
  Bytes kv_bytes_written;       // of keys and values sent to the store
  std::uint32_t requests = 0;   // made with `request` and `fetch`
  Bytes requests_sent;          // on the wire, of all attempts
  Bytes requests_received;
  std::uint32_t events_published = 0;  // given to `events.publish`, also where it was refused
  std::uint32_t log_lines_dropped = 0;
  Bytes log_bytes;
  LimitSet limits_exceeded = 0;  // each limit that was reached, dry run included
  bool cold = false;             // no warm context was ready for it
};

// The record of one finished invocation.
struct InvocationResult {
  Outcome outcome = Outcome::kInternalError;
  // The handler's answer as JSON text ("null" for undefined); the fallback where one was used.
  std::string json;
  // True where `json` is InvokeOptions::fallback.
  bool used_fallback = false;
  // Set for every outcome but kOk.
  std::optional<GuestError> error;
  std::vector<LogLine> logs;
  // In the order in which they were made, at most 10,000; what was under way at the end has the
  // error "canceled".
  std::vector<RequestRecord> requests;
  Usage usage;

  std::string tenant;
  std::string extension;
  std::string extension_version;
  std::string event;
  std::string event_id;
  std::uint32_t attempt = 1;

  bool ok() const noexcept { return outcome == Outcome::kOk; }
};

// How the caller wants one invocation to run.
struct InvokeOptions {
  // From now to the outcome, queue time included: the longest a caller of invoke() waits, give
  // or take the watchdog's grace of 50 ms. 0 = the tenant's queue_time + wall_time.
  std::chrono::milliseconds deadline{0};
  // JSON text to answer with whenever the outcome is not kOk.
  std::optional<std::string> fallback;
  // Request a stop to cancel: kCanceled, exactly once, whatever it was doing.
  std::stop_token stop;
};

// Called exactly once for each accepted invocation, on a worker or timer thread of the host, or on
// the thread that called shutdown(). It must not block and must not throw.
using Completion = std::function<void(InvocationResult)>;

}  // namespace v1
}  // namespace sublet
