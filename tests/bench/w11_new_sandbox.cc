// SPDX-License-Identifier: Apache-2.0
#include "bench/inputs.h"
#include "bench/sandbox_side.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

constexpr std::uint32_t kSpares = 2;
// Lets the helper fork what replaces the process that was taken, and all come to rest.
constexpr double kPauseMs = 10;

// A sandboxed host whose tenants have the bundle installed and, but for one, have never been
// called.
struct NewTenants {
  std::unique_ptr<ExtensionHost> host;
  std::size_t next = 0;

  NewTenants(const Bundle& bundle, std::uint32_t spares, std::size_t tenants)
      : host(make_sandboxed_host(1,
                                 [&](HostOptions& options) { options.warm_sandboxes = spares; })) {
    for (std::size_t i = 0; i < tenants; ++i) checked(host->install(tenant_name(i), bundle));
  }

  // From invoke() to its answer.
  double first_call_ms(const std::string& json) {
    sleep_ms(kPauseMs);
    const std::string tenant = tenant_name(next++);
    const std::uint64_t start = wall_ns();
    invoke_ok(*host, tenant, json);
    return static_cast<double>(wall_ns() - start) / 1e6;
  }
};

double fork_ms(BareZygote& zygote) {
  sleep_ms(kPauseMs);
  return static_cast<double>(zygote.fork_ns()) / 1e6;
}

}  // namespace

std::vector<Row> measure_new_sandbox(const Settings& settings) {
  BareZygote zygote;
  const std::string json = read_input("event.json");
  const Bundle bundle = extension_of(read_input("w1.js"), State::kInvocation, Realm::kStandard);
  const std::size_t calls = settings.count(20), warmup = 5;
  const std::size_t tenants = warmup + calls * static_cast<std::size_t>(settings.rounds());
  NewTenants ready(bundle, kSpares, tenants), forked(bundle, 0, tenants);
  for (std::size_t i = 0; i < warmup; ++i) {
    fork_ms(zygote);
    ready.first_call_ms(json);
    forked.first_call_ms(json);
  }
  Rounds with_spares, without_spares;
  for (int round = 0; round < settings.rounds(); ++round) {
    std::vector<double> bare, warm, cold;
    for (std::size_t i = 0; i < calls; ++i) {
      bare.push_back(fork_ms(zygote));
      warm.push_back(ready.first_call_ms(json));
      cold.push_back(forked.first_call_ms(json));
    }
    with_spares.add(median(bare), median(warm));
    without_spares.add(median(bare), median(cold));
  }
  const Row cold = without_spares.row("", "", "", 0);
  Row row = with_spares.row(
      "W11", "a new sandboxed tenant's first answer, against a bare fork of the warm zygote", "ms",
      1.5);
  row.extra = {{"no_spares_ratio", cold.value}, {"no_spares_ms", cold.sublet}};
  return {row};
}

}  // namespace sublet::bench
