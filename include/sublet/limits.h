// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// A size in bytes. Write sizes as `Bytes::mebibytes(64)`.
struct Bytes {
  std::uint64_t count = 0;

  static constexpr Bytes kibibytes(std::uint64_t n) { return Bytes{n << 10}; }
  static constexpr Bytes mebibytes(std::uint64_t n) { return Bytes{n << 20}; }
  friend constexpr auto operator<=>(Bytes, Bytes) = default;
};

// What a limit does when it is reached.
enum class Enforcement : std::uint8_t {
  kEnforce,  // act: the outcome that the limit names
  kDryRun,   // count it in InvocationResult::usage.limits_exceeded, tell the observer, go on
};

// The limits, as bits of Usage::limits_exceeded and of Limits::dry_run.
enum class Limit : std::uint32_t {
  kCpuSoft = 1u << 0,
  kCpu = 1u << 1,
  kWall = 1u << 2,
  kStartup = 1u << 3,
  kHeap = 1u << 4,
  kExternalMemory = 1u << 5,
  kPayload = 1u << 6,
  kPayloadDepth = 1u << 7,
  kResult = 1u << 8,
  kLogLines = 1u << 9,
  kLogLine = 1u << 10,
  kHostCalls = 1u << 11,
  kPendingHostCalls = 1u << 12,
  kTimers = 1u << 13,
  kConcurrency = 1u << 14,
  kQueue = 1u << 15,
  kKvKey = 1u << 16,
  kKvValue = 1u << 17,
  kKvOperations = 1u << 18,
  kKvRate = 1u << 19,
  kKvKeys = 1u << 20,
  kKvBytes = 1u << 21,
  kRequests = 1u << 22,
  kRequestRate = 1u << 23,
  kRequestsUnderWay = 1u << 24,
  kRequestBody = 1u << 25,
  kResponseBody = 1u << 26,
  kEvents = 1u << 27,  // EventPolicy::max_published
};

using LimitSet = std::uint32_t;
constexpr LimitSet operator|(Limit a, Limit b) {
  return static_cast<LimitSet>(a) | static_cast<LimitSet>(b);
}
constexpr LimitSet operator|(LimitSet a, Limit b) { return a | static_cast<LimitSet>(b); }
constexpr bool contains(LimitSet set, Limit limit) {
  return (set & static_cast<LimitSet>(limit)) != 0;
}

// What one invocation, and the isolate it runs in, may use. Every default is at or above what
// Freshworks gives its apps, except the hook's time, which is meant for a caller that waits.
struct Limits {
  using Milliseconds = std::chrono::milliseconds;

  // -- time ----------------------------------------------------------------------------------
  // CPU time of the worker thread, summed over the invocation's turns. Reaching it ends the
  // invocation as kExceededCpu. 1 ms to 60 s.
  Milliseconds cpu_time{50};
  // The tenant's code is told once (an `abort` event on `limits.signal`) and may finish early.
  // 0 = off; otherwise at most cpu_time.
  Milliseconds soft_cpu_time{0};
  // From the first turn to the outcome, awaiting included; queue time is not part of it (see
  // InvokeOptions::deadline). kExceededWallTime. 1 ms to 1 h.
  Milliseconds wall_time{250};
  // CPU time of the bundle's top-level code, each time a context is prepared. kCompileError at
  // install, kExceededCpu at run time. 1 ms to 60 s.
  Milliseconds startup_cpu_time{1000};

  // -- memory --------------------------------------------------------------------------------
  // V8 heap of the tenant's isolate. kExceededMemory; the isolate is condemned. 4 MiB to 4 GiB.
  Bytes heap = Bytes::mebibytes(64);
  // ArrayBuffers and other memory outside the heap, counted by the allocator: the allocation
  // fails with a RangeError in JavaScript. Up to 4 GiB.
  Bytes external_memory = Bytes::mebibytes(64);
  // Native stack that JavaScript may use; deeper recursion is a RangeError. 64 KiB to 1 MiB.
  Bytes stack = Bytes::kibibytes(512);

  // -- sizes ---------------------------------------------------------------------------------
  // JSON text of an event's payload; more is refused with ErrorCode::kInvalidArgument. Up to 256
  // MiB.
  Bytes payload = Bytes::kibibytes(256);
  // Nesting of arrays and objects in a payload, and in a host function's answer. 1 to 10,000.
  std::uint32_t payload_depth = 64;
  // JSON text of the result: kInvalidResult. Up to 256 MiB.
  Bytes result = Bytes::mebibytes(1);
  // Lines an invocation may log, and the bytes of one; further lines are dropped and counted,
  // a longer line is cut at a character boundary. Up to 65,536 lines of 1 MiB.
  std::uint32_t log_lines = 256;
  Bytes log_line = Bytes::kibibytes(4);

  // -- host calls ----------------------------------------------------------------------------
  // Host calls an invocation may start; one more rejects in JavaScript and, unless caught, ends
  // as kExceededHostCalls. Up to 1,000,000.
  std::uint32_t host_calls = 1000;
  // Host calls under way at once. Up to 10,000.
  std::uint32_t pending_host_calls = 64;
  // Timers (setTimeout, setInterval) alive at once. Up to 10,000.
  std::uint32_t timers = 64;

  // -- key-value storage ---------------------------------------------------------------------
  // Bytes of a key, as UTF-8. 1 to 1024.
  Bytes kv_key{256};
  // Bytes of a value: of its JSON text, or as they are; also of an update's operands and paths
  // together. 1 to 16 MiB.
  Bytes kv_value = Bytes::kibibytes(128);
  // Entries that an invocation may read or write, each counted once a call; a page of list() counts
  // as one, an update as many as it has operations. One more rejects and, unless caught, ends as
  // kExceededHostCalls. Up to 1,000,000.
  std::uint32_t kv_operations = 100;

  // -- requests ------------------------------------------------------------------------------
  // Requests that an invocation may make with `request` and `fetch`; redirects and retries are part
  // of one. One more rejects and, unless caught, ends as kExceededHostCalls. Up to 10,000.
  std::uint32_t requests = 10;
  // Bytes of a request's body, and of a response's after decompression; more rejects. 0 to 64 MiB.
  Bytes request_body = Bytes::mebibytes(6);
  Bytes response_body = Bytes::mebibytes(6);
  // For a connection, TLS included; for the first byte of the answer; for everything, redirects and
  // retries included. What remains of wall_time holds beside them. 1 ms to 10 min.
  Milliseconds connect_time{5'000};
  Milliseconds first_byte_time{15'000};
  Milliseconds request_time{15'000};

  // Limits that only count and report (bits of Limit); no other limit is weakened by it.
  LimitSet dry_run = 0;

  // The defaults for hooks (a caller waits): the values above.
  static Limits for_hooks() { return {}; }
  // The defaults for events: 1 s CPU soft, 2 s hard, 20 s wall.
  SUBLET_EXPORT static Limits for_events();

  Enforcement enforcement(Limit limit) const {
    return contains(dry_run, limit) ? Enforcement::kDryRun : Enforcement::kEnforce;
  }
};

// Checks every field against the range in its comment; the message names field and range.
SUBLET_EXPORT Result<void> validate(const Limits& limits);

}  // namespace v1
}  // namespace sublet
