// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <semaphore>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/open_loop.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kGoodTenants = 9;
constexpr double kCallsPerSecond = 100;

// The tenant whose every call spins to its CPU limit: one call under way, always.
class SpinningTenant {
 public:
  explicit SpinningTenant(ExtensionHost& host) : host_(host) { begin(); }
  ~SpinningTenant() {
    stop_ = true;
    done_.acquire();
  }

  std::uint64_t calls() const { return calls_; }

 private:
  void begin() {
    Event event;
    event.tenant = "spinning";
    event.event = kEventName;
    event.payload = "{}";
    const Result<void> accepted =
        host_.invoke_async(std::move(event), [this](const InvocationResult&) {
          ++calls_;
          stop_ ? done_.release() : begin();
        });
    if (!accepted) done_.release();
  }

  ExtensionHost& host_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> calls_{0};
  std::binary_semaphore done_{0};
};

}  // namespace

// There is no raw side: the ratio is the good tenants' p99 with the spinning one to that without.
std::vector<Row> measure_noisy_tenant(const Settings& settings) {
  const std::string json = read_input("event.json");
  auto host = make_host(2);
  const Bundle good = extension_of(read_input("w1.js"), State::kTenant, Realm::kStandard);
  for (std::size_t i = 0; i < kGoodTenants; ++i) checked(host->install(tenant_name(i), good));
  checked(host->install("spinning",
                        extension_of(read_input("spin.js"), State::kInvocation, Realm::kStandard)));
  OpenLoop open_loop(*host, kGoodTenants, kCallsPerSecond, json);
  open_loop.run_ms(settings.scaled(3));

  Rounds rounds;
  std::vector<double> quiet_p50, noisy_p50;
  const double seconds = settings.scaled(3);
  std::uint64_t spins = 0;
  for (int round = 0; round < settings.rounds(); ++round) {
    const std::vector<double> quiet = open_loop.run_ms(seconds);
    SpinningTenant spinning(*host);
    const std::vector<double> noisy = open_loop.run_ms(seconds);
    spins += spinning.calls();
    rounds.add(percentile(quiet, 0.99), percentile(noisy, 0.99));
    quiet_p50.push_back(median(quiet));
    noisy_p50.push_back(median(noisy));
  }
  Row row = rounds.row(
      "W6", "p99 of nine good tenants with one spinning at its limit, against without", "ms", 1.5);
  row.extra = {{"quiet_p50_ms", median(quiet_p50)},
               {"noisy_p50_ms", median(noisy_p50)},
               {"spinning_calls", static_cast<double>(spins)}};
  return {row};
}

}  // namespace sublet::bench
