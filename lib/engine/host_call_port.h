// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sublet/invocation.h"
#include "sublet/limits.h"

namespace sublet::engine {

// Names one host call or timer that is under way; unique within its invocation, from 1.
using CallId = std::uint64_t;

// How a host call was taken up.
struct HostCallStart {
  enum class Kind : std::uint8_t {
    kAnswered,  // `text` is the answer as JSON text (empty: undefined)
    kRefused,   // `text` is the message of the Error that the promise rejects with
    kPending,   // the answer comes later, through Context::resume(), under `id`
  };
  Kind kind = Kind::kRefused;
  CallId id = 0;
  std::string text;
  bool bytes = false;  // kAnswered: `text` is not JSON but what a Uint8Array is made of
  std::string code = {};  // kRefused: the Error's `code`; empty: it has none
};

// The answer of one pending host call (or the firing of a timer).
struct HostCallCompletion {
  CallId id = 0;
  bool ok = false;
  std::string text;  // JSON text (empty: undefined), or the message of the error
  bool bytes = false;  // as in HostCallStart
  std::string code = {};
};

// What remains of an invocation's limits, as `limits.remaining()` shows it.
struct RemainingLimits {
  std::chrono::nanoseconds cpu_time{0};
  std::chrono::nanoseconds wall_time{0};
  std::uint32_t host_calls = 0;
  std::uint32_t log_lines = 0;
  std::uint32_t kv_operations = 0;
  std::uint32_t requests = 0;
  std::uint32_t events = 0;
};

// The one way out of JavaScript, made for one invocation. Called on the worker thread while it holds
// the isolate, so every method is quick, noexcept, and never enters the isolate.
class HostCallPort {
 public:
  virtual ~HostCallPort() = default;

  // `name` is the capability or host function; `arguments` the text of a JSON array, which only a
  // capability may leave empty; `body` is a text or bytes beside them, for capabilities.
  virtual HostCallStart start_call(std::string_view name, std::string arguments,
                                   std::string body = {}) noexcept = 0;
  // kPending, or kRefused past Limits::timers. It completes with ok and an empty text.
  virtual HostCallStart start_timer(std::chrono::milliseconds delay) noexcept = 0;
  virtual void cancel_timer(CallId id) noexcept = 0;
  virtual void log(LogLevel level, std::string_view text) noexcept = 0;
  virtual RemainingLimits remaining() noexcept = 0;
};

}  // namespace sublet::engine
