// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {

std::vector<Row> measure_large_payload(const Settings& settings) {
  auto host = make_host(1, [](HostOptions& options) {
    Limits& limits = options.default_policy.limits;
    limits = Limits::for_events();
    limits.payload = Bytes::mebibytes(2);
    limits.result = Bytes::mebibytes(2);
    limits.heap = Bytes::mebibytes(256);
  });
  const std::string json = make_large_event(), handler = read_input("w8.js");
  checked(host->install("large", extension_of(handler, State::kTenant, Realm::kStandard)));
  RawTenant raw(handler);
  std::string answer;
  raw.run(json, RawInput::kExternal, 1, answer);
  if (invoke_ok(*host, "large", json).json != answer) throw Failure("Sublet's answer differs");

  ClosedLoop loop(*host, 2, json, [](std::size_t) { return std::string("large"); });
  const std::uint64_t count = settings.count(40);
  auto raw_ms = [&] {
    const std::uint64_t before = thread_cpu_ns();
    raw.run(json, RawInput::kExternal, count, answer);
    return static_cast<double>(thread_cpu_ns() - before) / 1e6 / static_cast<double>(count);
  };
  auto sublet_ms = [&] {
    const std::uint64_t before = process_cpu_ns();
    loop.run_count(count);
    return static_cast<double>(process_cpu_ns() - before) / 1e6 / static_cast<double>(count);
  };
  raw_ms();
  sublet_ms();
  Rounds rounds;
  for (int round = 0; round < settings.rounds(); ++round) {
    const double bare = raw_ms();
    rounds.add(bare, sublet_ms());
  }
  return {rounds.row("W8", "CPU of a call with 1 MB in and out, against V8 with a lent string",
                     "ms", 1.1)};
}

}  // namespace sublet::bench
