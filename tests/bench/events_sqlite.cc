// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>

#include "bench/event_side.h"
#include "bench/inputs.h"
#include "bench/works.h"
#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kPublishers = 64;
constexpr std::uint32_t kClaimBatch = 16;

std::shared_ptr<EventQueue> open_queue(const ScratchFolder& folder, const char* name) {
  SqliteEventQueueOptions options;
  options.path = folder.file(name);
  return checked(SqliteEventQueue::open(std::move(options)));
}

std::unique_ptr<ExtensionHost> host_over(std::shared_ptr<EventQueue> queue, bool deliver) {
  return make_host(2, [&](HostOptions& options) {
    options.events.queue = std::move(queue);
    options.events.deliver = deliver;
    options.default_policy.host_functions = {"*"};
  });
}

Publication ticket(std::size_t number) {
  Publication publication;
  publication.tenant = tenant_name(0);
  publication.event = "onTicket";
  publication.id = std::to_string(number);
  publication.payload = R"({"ticket":17,"subject":"the printer is on fire"})";
  return publication;
}

// Publishers that each publish again as soon as their event is durable.
class Publishers {
 public:
  explicit Publishers(ExtensionHost& host) : host_(host) {}

  // Events a second.
  double rate(double seconds) {
    const std::uint64_t start = wall_ns();
    until_ns_ = start + static_cast<std::uint64_t>(seconds * 1e9);
    active_ = kPublishers;
    for (std::size_t i = 0; i < kPublishers; ++i) go_on();
    idle_.acquire();
    if (failed_) throw Failure("a publication was not accepted");
    return static_cast<double>(accepted_) * 1e9 / static_cast<double>(wall_ns() - start);
  }

 private:
  void go_on() {
    const auto begun = host_.publish_async(
        {ticket(number_++)}, [this](const Result<std::vector<PublishReceipt>>& receipts) {
          const bool good = receipts && receipts->front().status == PublishStatus::kAccepted;
          good ? void(++accepted_) : void(failed_ = true);
          if (good && wall_ns() < until_ns_) return go_on();
          leave();
        });
    if (begun) return;
    failed_ = true;
    leave();
  }
  void leave() {
    if (active_.fetch_sub(1) == 1) idle_.release();
  }

  ExtensionHost& host_;
  std::uint64_t until_ns_ = 0;
  std::atomic<std::size_t> active_{0}, number_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<bool> failed_{false};
  std::binary_semaphore idle_{0};
};

}  // namespace

std::vector<Row> measure_publish(const Settings& settings) {
  const ScratchFolder folder;
  auto host = host_over(open_queue(folder, "publish.db"), /*deliver=*/false);
  checked(host->install(tenant_name(0), module_bundle("export function onTicket() {}")));
  std::vector<double> rates;
  for (int round = 0; round < settings.rounds(); ++round) {
    rates.push_back(Publishers(*host).rate(settings.scaled(2.0)));
  }
  Row row;
  row.work = "publish_sqlite_per_s";
  row.key = "per_s";
  row.question = "durable publications a second, 64 publishers";
  row.unit = "/s";
  row.sublet = row.value = median(rates);
  row.low = percentile(rates, 0);
  row.high = percentile(rates, 1);
  row.target = 10'000;
  row.at_least = true;
  return {row};
}

std::vector<Row> measure_publish_to_start(const Settings& settings) {
  const ScratchFolder folder;
  auto host = host_over(open_queue(folder, "start.db"), /*deliver=*/true);
  std::mutex mutex;
  std::map<std::string, std::uint64_t> published;
  std::vector<double> latencies;
  std::binary_semaphore began{0};
  checked(host->register_function("began", [&](const HostCall& call) -> Result<std::string> {
    const std::uint64_t now = wall_ns();
    {
      const std::lock_guard lock(mutex);
      latencies.push_back(static_cast<double>(now - published[call.event_id]) / 1e6);
    }
    began.release();
    return std::string("null");
  }));
  checked(host->install(tenant_name(0), module_bundle(R"(
      export function onTicket(event, { host }) { host.began(); })")));
  const std::size_t count = settings.count(500);
  for (std::size_t i = 0; i < count; ++i) {
    Publication publication = ticket(i);
    {
      const std::lock_guard lock(mutex);
      published[publication.id] = wall_ns();
    }
    checked(host->publish(std::move(publication)));
    began.acquire();
    sleep_ms(5);  // idle again
  }
  Row row;
  row.work = "publish_to_start_p99_ms";
  row.key = "p99_ms";
  row.question = "from publish() to the handler's first line, idle host";
  row.unit = "ms";
  row.sublet = median(latencies);
  row.value = percentile(latencies, 0.99);
  row.low = percentile(latencies, 0);
  row.high = percentile(latencies, 1);
  row.target = 5;
  return {row};
}

std::vector<Row> measure_claim_at_10m(const Settings& settings) {
  const ScratchFolder folder;
  const std::uint64_t many = settings.quick ? 1'000'000 : 10'000'000;
  constexpr std::uint64_t kFew = 20'000;
  const EventQueueName name{tenant_name(0), "bench", "onTicket"};
  auto few = open_queue(folder, "few.db");
  auto full = open_queue(folder, "many.db");
  fill(*few, name, kFew);
  fill(*full, name, many);
  Rounds rounds;
  const std::size_t cycles = settings.count(100);
  for (int round = 0; round < settings.rounds(); ++round) {
    const auto time = [&](EventQueue& queue) {
      const std::uint64_t start = wall_ns();
      for (std::size_t i = 0; i < cycles; ++i) {
        if (work_off(queue, name, kClaimBatch) != kClaimBatch) throw Failure("nothing to claim");
      }
      return static_cast<double>(wall_ns() - start) / 1e3 / static_cast<double>(cycles);
    };
    const double raw = time(*few);
    rounds.add(raw, time(*full));
  }
  return {
      rounds.row("claim_at_10m", "claim and settle 16 of 10 million against of 20,000", "us", 1.5)};
}

}  // namespace sublet::bench
