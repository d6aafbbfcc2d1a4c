// SPDX-License-Identifier: Apache-2.0
#include "faults/events/worker.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "faults/events/worker_process.h"
#include "sublet/sublet.h"

namespace sublet::faults {
namespace {

using std::chrono::milliseconds;

constexpr int kTenants = 4;
constexpr int kKeys = 3;
constexpr int kPublishers = 4;

constexpr const char* kManifest = R"({
  "name": "storm", "version": "1.0.0", "handlers": {"onEvent": true},
  "delivery": {"max_attempts": 3, "first_backoff_ms": 5, "last_backoff_ms": 50}
})";

// An event says itself what becomes of it.
constexpr const char* kSource = R"(
export async function onEvent(event, { host }) {
  const { key, number, fate, wait } = event.data;
  host.began(`${event.tenant} ${key} ${number} ${event.attempt}`);
  if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
  if (fate === "poison") throw new Error("poison");
  if (fate === "second" && event.attempt === 1) throw new Error("not yet");
}
)";

// One write for each line: what was reported is there, whatever happens next.
void report(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(kReportTo, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::_exit(2);  // nobody listens
  }
}

std::string tenant_name(int number) { return "tenant-" + std::to_string(number); }

std::unique_ptr<ExtensionHost> make_host(std::shared_ptr<EventQueue> queue) {
  HostOptions options;
  options.workers = 2;
  options.events.queue = std::move(queue);
  options.events.lease = milliseconds(1'000);
  options.events.poll = milliseconds(50);
  options.events.heartbeat = milliseconds(100);
  options.events.gone_after = milliseconds(500);
  options.default_policy.host_functions = {"*"};
  // Retries are part of the storm: nothing is to be suspended for them.
  options.default_policy.events.breaker.enforcement = Enforcement::kDryRun;
  auto made = ExtensionHost::create(std::move(options));
  if (!made) throw std::runtime_error(made.error().message);
  auto host = std::move(made).value();
  const auto began =
      host->register_function("began", [](const HostCall& call) -> Result<std::string> {
        // The argument is a JSON array of one text without escapes.
        const std::string& json = call.arguments;
        report("S " + json.substr(2, json.size() - 4));
        return std::string("null");
      });
  if (!began) throw std::runtime_error(began.error().message);
  return host;
}

void install(ExtensionHost& host) {
  const auto bundle =
      Bundle::from_memory({{"extension.json", kManifest}, {"extension.js", kSource}}).value();
  for (int tenant = 0; tenant < kTenants; ++tenant) {
    // While a server starts again there is no queue to ask.
    for (int attempt = 0;; ++attempt) {
      const auto installed = host.install(tenant_name(tenant), bundle);
      if (installed) break;
      if (attempt == 200) throw std::runtime_error(installed.error().message);
      std::this_thread::sleep_for(milliseconds(25));
    }
  }
}

// The numbers of the events of a tenant and key rise in the order in which they are published.
class Numbers {
 public:
  explicit Numbers(std::uint64_t process) : next_(process * 1'000'000) {}

  std::uint64_t next() { return ++next_; }
  std::mutex publishing;

 private:
  std::uint64_t next_;
};

class Publisher {
 public:
  Publisher(ExtensionHost& host, const Work& work) : host_(host), work_(work) {
    for (auto& of_tenant : numbers_) {
      for (auto& of_key : of_tenant) of_key = std::make_unique<Numbers>(work.process);
    }
  }

  // Until the process is struck down.
  void publish_on_and_on(std::uint64_t thread) {
    std::mt19937_64 random(work_.process * 100 + thread);
    while (true) publish_one(random);
  }

 private:
  void publish_one(std::mt19937_64& random) {
    const auto tenant = static_cast<int>(random() % kTenants);
    const auto key = static_cast<int>(random() % (kKeys + 1));  // the last one: none
    Numbers& numbers = *numbers_[tenant][key];
    const std::unique_lock lock(numbers.publishing);
    const std::uint64_t number = numbers.next();
    static constexpr std::array<const char*, 8> kFates = {"well", "well",   "well", "well",
                                                          "well", "second", "well", "poison"};
    Publication one;
    one.tenant = tenant_name(tenant);
    one.event = "onEvent";
    one.id = one.tenant + "/" + std::to_string(key) + "/" + std::to_string(number);
    if (key < kKeys) one.ordering_key = "key-" + std::to_string(key);
    one.payload = "{\"key\":" + std::to_string(key) + ",\"number\":" + std::to_string(number) +
                  ",\"fate\":\"" + kFates[random() % kFates.size()] +
                  "\",\"wait\":" + std::to_string(random() % 4 == 0 ? random() % 10 : 0) + "}";
    const std::string id = one.id;
    const auto receipt = host_.publish(std::move(one));
    if (receipt && receipt->status == PublishStatus::kAccepted) {
      report("A " + id);
    } else {
      std::this_thread::sleep_for(milliseconds(5));  // a server that is being started
    }
  }

  ExtensionHost& host_;
  const Work& work_;
  std::array<std::array<std::unique_ptr<Numbers>, kKeys + 1>, kTenants> numbers_;
};

void work_off(ExtensionHost& host) {
  for (int look = 0; look < 6'000; ++look) {
    const auto left = host.events().count({});
    if (left && left->waiting + left->claimed + left->blocked == 0) return;
    std::this_thread::sleep_for(milliseconds(20));
  }
  throw std::runtime_error("events were left after two minutes");
}

}  // namespace

void work(std::shared_ptr<EventQueue> queue, const Work& work) {
  const auto host = make_host(std::move(queue));
  install(*host);
  if (!work.publishes) return work_off(*host);
  Publisher publisher(*host, work);
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kPublishers; ++i) {
    threads.emplace_back([&publisher, i] { publisher.publish_on_and_on(i); });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace sublet::faults
