// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// The yardstick: the least code that does the work with bare V8, in the process whose V8 an
// ExtensionHost has started. Only raw_v8.cc sees V8.
namespace sublet::bench {

// How a JSON text becomes a V8 string: copied, or lent as an external string.
enum class RawInput : std::uint8_t { kCopy, kExternal };

// Runs a classic script in an isolate of its own and answers its completion value as text.
std::string run_in_raw_v8(const std::string& source);

// An isolate with one context and the handler in it. One thread at a time.
class RawTenant {
 public:
  explicit RawTenant(const std::string& source);
  ~RawTenant();

  // Parse, call, stringify, text out: `count` times, entered once.
  void run(const std::string& json, RawInput input, std::uint64_t count, std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One isolate that makes contexts ahead of time; each serves one call. One thread at a time.
class RawReadyContexts {
 public:
  explicit RawReadyContexts(const std::string& source);
  ~RawReadyContexts();

  void prepare();
  // The time of one call in the oldest context made ready, which is then thrown away.
  std::uint64_t call_ns(const std::string& json, std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// From nothing to the first answer with the best code cache: one taken after a run.
class RawColdStart {
 public:
  RawColdStart(std::string source, std::string json);

  // Isolate, context, compile from the cache, run, call. Disposal is not timed.
  std::uint64_t start_ns(std::string& out);

 private:
  std::string source_, json_;
  std::vector<std::uint8_t> cache_;
};

// Many isolates, worker threads that lock them in turn, and one shared queue.
class RawFleet {
 public:
  struct Throughput {
    double calls_per_second = 0;
    double p99_ms = 0;
  };

  RawFleet(const std::string& source, std::string json, std::size_t tenants);
  ~RawFleet();

  // `clients` closed loops that make `count` calls, to the tenants that `sequence` names from
  // `position` on.
  Throughput run(const std::vector<std::uint32_t>& sequence, std::size_t position,
                 std::size_t count, int clients, int workers);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sublet::bench
