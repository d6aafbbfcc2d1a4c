// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <mutex>
#include <thread>

#include "bench/event_side.h"
#include "bench/inputs.h"
#include "bench/works.h"
#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kGoodTenants = 10;
constexpr double kPerSecond = 10;

// Ten tenants that publish ten events a second each, beside one that may have published a lot.
class Good {
 public:
  explicit Good(const ScratchFolder& folder, const char* name) {
    SqliteEventQueueOptions queue;
    queue.path = folder.file(name);
    host_ = make_host(2, [&](HostOptions& options) {
      options.events.queue = checked(SqliteEventQueue::open(std::move(queue)));
      options.default_policy.host_functions = {"*"};
    });
    checked(host_->register_function("began", [this](const HostCall& call) -> Result<std::string> {
      const std::uint64_t now = wall_ns();
      const std::lock_guard lock(mutex_);
      const auto found = published_.find(call.event_id);
      if (found != published_.end()) {
        latencies_.push_back(static_cast<double>(now - found->second) / 1e6);
      }
      return std::string("null");
    }));
    const Bundle bundle = module_bundle(R"(
        export function onTicket(event, { host }) {
          let sum = 0;
          for (let i = 0; i < 20000; i++) sum += i;  // some 20 us
          if (event.data.timed) host.began();
          return sum;
        })");
    for (std::size_t tenant = 0; tenant <= kGoodTenants; ++tenant) {
      checked(host_->install(tenant_name(tenant), bundle));
    }
  }

  // A hundred thousand at once, of a tenant that is none of the ten.
  void flood(std::size_t count) {
    std::vector<Publication> all(count);
    for (Publication& each : all) {
      each.tenant = tenant_name(kGoodTenants);
      each.event = "onTicket";
      each.payload = "{}";
    }
    checked(host_->publish_many(std::move(all)));
  }

  // The p99 from publish() to the handler's first line, in milliseconds.
  double p99(double seconds) {
    const auto count = static_cast<std::size_t>(seconds * kPerSecond * kGoodTenants);
    const std::uint64_t start = wall_ns();
    for (std::size_t i = 0; i < count; ++i) {
      const double due = static_cast<double>(i) * 1e3 / (kPerSecond * kGoodTenants);
      const double now = static_cast<double>(wall_ns() - start) / 1e6;
      if (due > now) sleep_ms(due - now);
      publish(i % kGoodTenants);
    }
    for (int look = 0; look < 3000 && left() > 0; ++look) sleep_ms(10);
    const std::lock_guard lock(mutex_);
    if (latencies_.size() != published_.size()) throw Failure("an event was not delivered");
    return percentile(latencies_, 0.99);
  }

 private:
  void publish(std::size_t tenant) {
    Publication publication;
    publication.tenant = tenant_name(tenant);
    publication.event = "onTicket";
    publication.payload = R"({"timed":true})";
    {
      const std::lock_guard lock(mutex_);
      publication.id = std::to_string(published_.size());
      published_[publication.id] = wall_ns();
    }
    checked(host_->publish_async({std::move(publication)}, [](const auto&) {}));
  }
  std::size_t left() {
    const std::lock_guard lock(mutex_);
    return published_.size() - latencies_.size();
  }

  std::unique_ptr<ExtensionHost> host_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> published_;
  std::vector<double> latencies_;
};

}  // namespace

std::vector<Row> measure_flood(const Settings& settings) {
  const ScratchFolder folder;
  Rounds rounds;
  const int count = settings.quick ? 1 : 3;
  for (int round = 0; round < count; ++round) {
    const double seconds = settings.scaled(10.0);
    double quiet = 0;
    {
      Good alone(folder, ("quiet-" + std::to_string(round)).c_str());
      quiet = alone.p99(seconds);
    }
    Good flooded(folder, ("flood-" + std::to_string(round)).c_str());
    std::thread publisher([&] { flooded.flood(settings.count(100'000)); });
    const double beside = flooded.p99(seconds);
    publisher.join();
    rounds.add(quiet, beside);
  }
  return {rounds.row("flood_p99", "publish() to start of ten tenants beside a flood of 100,000",
                     "ms", 2.0)};
}

}  // namespace sublet::bench
