// SPDX-License-Identifier: Apache-2.0
#include "extension_points.h"

#include <fmt/format.h>
#include <sublet/sublet.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

namespace helpdesk {
namespace {

using Json = nlohmann::json;

// Counts what the host reports, to show that each invocation ends exactly once.
class CountingObserver final : public sublet::Observer {
 public:
  void invocation_finished(const sublet::InvocationResult& result) override {
    const std::lock_guard lock(mutex_);
    ++seen_[result.event_id + " " + result.extension];
  }
  std::uint64_t finished() const {
    const std::lock_guard lock(mutex_);
    return seen_.size();
  }
  std::uint64_t finished_twice() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::uint64_t>(std::count_if(
        seen_.begin(), seen_.end(), [](const auto& entry) { return entry.second > 1; }));
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> seen_;
};

// The help desk's own thread for slow questions, so that no worker of Sublet waits for the store.
class BackgroundThread {
 public:
  BackgroundThread() : thread_([this](std::stop_token stop) { run(stop); }) {}

  void post(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    changed_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !work_.empty(); })) {
      const std::function<void()> work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> work_;
  std::jthread thread_;
};

std::uint64_t microseconds(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(time.count() / 1000);
}

Call to_call(const sublet::InvocationResult& result) {
  Call call;
  call.tenant = result.tenant;
  call.point = result.event;
  call.extension = result.extension;
  call.outcome = sublet::to_string(result.outcome);
  call.answer = result.error ? result.error->name + ": " + result.error->message : result.json;
  call.used_fallback = result.used_fallback;
  call.cpu = microseconds(result.usage.cpu_time);
  call.wall = microseconds(result.usage.wall_time);
  call.queue = microseconds(result.usage.queue_time);
  call.peak_heap = result.usage.peak_heap.count;
  return call;
}

// What every tenant gets. Three things differ from the defaults: the heap is small, time is ample
// for a slow machine, and code may ask for tickets.
sublet::TenantPolicy policy() {
  sublet::TenantPolicy policy;
  policy.limits.heap = sublet::Bytes::mebibytes(16);
  policy.limits.cpu_time = std::chrono::milliseconds(300);
  policy.limits.wall_time = std::chrono::seconds(10);
  policy.host_functions = {"tickets.find"};
  return policy;
}

// tickets.find({requester, status}): the caller's own tickets, and nobody else's.
std::string find_tickets(const TicketStore& store, const std::string& tenant,
                         const std::string& arguments) {
  const Json query = Json::parse(arguments, nullptr, false).at(0);
  Json answer = Json::array();
  for (const Ticket& ticket :
       store.search(tenant, query.at("requester").get<std::string>(), query.value("status", ""))) {
    answer.push_back({{"id", ticket.id}, {"subject", ticket.subject}});
  }
  return answer.dump();
}

}  // namespace

struct ExtensionPoints::Parts {
  TicketStore& store;
  std::function<void(const Call&)> on_call;
  CountingObserver observer;
  BackgroundThread background;
  std::unique_ptr<sublet::ExtensionHost> host;  // last: ends first
};

ExtensionPoints::ExtensionPoints(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ExtensionPoints::~ExtensionPoints() = default;

std::unique_ptr<ExtensionPoints> ExtensionPoints::create(TicketStore& store,
                                                         std::function<void(const Call&)> on_call,
                                                         std::string& error) {
  std::unique_ptr<Parts> parts(new Parts{store, std::move(on_call), {}, {}, nullptr});
  sublet::HostOptions options;
  options.default_policy = policy();
  options.observer = &parts->observer;
  auto host = sublet::ExtensionHost::create(std::move(options));
  if (!host) {
    error = host.error().message;
    return nullptr;
  }
  parts->host = std::move(host).value();
  const auto registered = parts->host->register_async_function(
      "tickets.find",
      [&parts = *parts](const sublet::HostCall& call, sublet::HostCallAnswer answer) {
        parts.background.post([&parts, call, answer = std::move(answer)] {
          try {
            answer.resolve(find_tickets(parts.store, call.tenant, call.arguments));
          } catch (const Json::exception&) {
            answer.reject("tickets.find takes {requester, status}");
          }
        });
      });
  if (!registered) {
    error = registered.error().message;
    return nullptr;
  }
  return std::unique_ptr<ExtensionPoints>(new ExtensionPoints(std::move(parts)));
}

std::string ExtensionPoints::install_all(const std::filesystem::path& folder) {
  std::error_code failed;
  std::vector<std::filesystem::path> found;
  for (const auto& tenant : std::filesystem::directory_iterator(folder, failed)) {
    for (const auto& extension : std::filesystem::directory_iterator(tenant.path(), failed)) {
      found.push_back(extension.path());
    }
  }
  if (failed) return fmt::format("{}: {}", folder.string(), failed.message());
  std::sort(found.begin(), found.end());
  for (const auto& directory : found) {
    const auto bundle = sublet::Bundle::from_directory(directory);
    if (!bundle) return bundle.error().message;
    const std::string tenant = directory.parent_path().filename().string();
    const auto installed = parts_->host->install(tenant, bundle.value());
    if (!installed) return directory.string() + ": " + installed.error().message;
  }
  return {};
}

std::vector<std::string> ExtensionPoints::ask(const std::string& tenant, const std::string& point,
                                              const std::string& data) {
  std::vector<std::string> answers;
  for (const std::string& extension : parts_->host->listeners(tenant, point)) {
    sublet::Event event{.tenant = tenant, .event = point, .payload = data, .extension = extension};
    sublet::InvokeOptions options;
    options.fallback = "{}";
    auto result = parts_->host->invoke(std::move(event), std::move(options));
    if (!result) {
      parts_->on_call({tenant, point, extension, "refused", result.error().message});
      continue;
    }
    parts_->on_call(to_call(*result));
    answers.push_back(std::move(result.value().json));
  }
  return answers;
}

std::uint64_t ExtensionPoints::finished() const { return parts_->observer.finished(); }
std::uint64_t ExtensionPoints::finished_twice() const { return parts_->observer.finished_twice(); }

std::string ExtensionPoints::summary() const {
  const sublet::HostStats stats = parts_->host->stats();
  return fmt::format(
      "{} tenants, {} extensions, {} workers; {} isolates ({} ready, {} condemned, {} abandoned), "
      "{} MB",
      stats.tenants, stats.extensions, stats.workers, stats.isolates, stats.isolates_ready,
      stats.isolates_condemned, stats.isolates_abandoned, stats.isolate_memory.count >> 20);
}

}  // namespace helpdesk
