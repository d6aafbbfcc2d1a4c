// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sublet/sublet.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the scenario tests share: bundles made from a few lines, a host whose clock limits are so
// ample that a slow machine does not reach them, and host functions that hold an invocation at a
// known place. Every wait is bounded.
namespace sublet::scenario {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

struct Spec {
  std::string name = "ext";
  // Each is handled by the export of the same name.
  std::vector<std::string> events = {"run"};
  State state = State::kInvocation;
  Realm realm = Realm::kStandard;
  std::map<std::string, std::string> more_files = {};
  std::string version = "1.0.0";
};

inline Json manifest(const Spec& spec = {}) {
  Json handlers = Json::object();
  for (const std::string& event : spec.events) handlers[event] = event;
  return {{"name", spec.name},
          {"version", spec.version},
          {"main", "extension.js"},
          {"handlers", handlers},
          {"state", spec.state == State::kTenant ? "tenant" : "invocation"},
          {"realm", spec.realm == Realm::kFrozen ? "frozen" : "standard"}};
}

inline std::map<std::string, std::string> bundle_files(const std::string& code,
                                                       const Spec& spec = {}) {
  std::map<std::string, std::string> files = spec.more_files;
  files.emplace("extension.json", manifest(spec).dump());
  files.emplace("extension.js", code);
  return files;
}

inline Bundle make_bundle(const std::string& code, const Spec& spec = {}) {
  auto bundle = Bundle::from_memory(bundle_files(code, spec));
  REQUIRE_MESSAGE(bundle.has_value(), bundle.error().message);
  return std::move(bundle).value();
}

// Holds whoever passes until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++entered_;
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait_entered(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return entered_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t entered_ = 0;
  bool open_ = false;
};

// Keeps what it is given, for a test to wait for and look at.
template <typename T>
class Collector {
 public:
  void add(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    changed_.notify_all();
  }
  bool wait_for(std::size_t count, std::chrono::milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return items_.size() >= count; });
  }
  std::vector<T> items() const {
    const std::lock_guard lock(mutex_);
    return items_;
  }
  std::vector<T> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> items_;
};

// Told by the host; keeps what tests ask about.
class RecordingObserver : public Observer {
 public:
  struct Reached {
    std::string tenant;
    Limit limit;
    Enforcement enforcement;
  };

  void invocation_finished(const InvocationResult& result) override { finished.add(result); }
  void limit_reached(std::string_view tenant, Limit limit, Enforcement enforcement) override {
    reached.add({std::string(tenant), limit, enforcement});
  }
  void extension_installed(const ExtensionInfo& extension) override { installed.add(extension); }
  void extension_uninstalled(const ExtensionInfo& extension) override { removed.add(extension); }
  void isolate_ended(std::string_view, IsolateEnd end, Bytes) override { ended.add(end); }
  void tenant_quarantined(std::string_view tenant, std::string_view) override {
    quarantined.add(std::string(tenant));
  }
  void breaker_changed(const BreakerChange& change) override { breakers.add(change); }
  void internal_error(std::string_view where, std::string_view what) override {
    errors.add(std::string(where) + ": " + std::string(what));
  }

  // Isolates are disposed after the invocation's completion; an eviction or an install is no loss.
  bool wait_for_lost_isolates(std::size_t count) {
    for (std::size_t seen = 0;; ++seen) {
      std::size_t lost = 0;
      for (const IsolateEnd end : ended.items()) {
        lost += end == IsolateEnd::kCondemned || end == IsolateEnd::kAbandoned ? 1 : 0;
      }
      if (lost >= count) return true;
      if (!ended.wait_for(seen + 1)) return false;
    }
  }

  Collector<InvocationResult> finished;
  Collector<Reached> reached;
  Collector<ExtensionInfo> installed;
  Collector<ExtensionInfo> removed;
  Collector<IsolateEnd> ended;
  Collector<std::string> quarantined;
  Collector<BreakerChange> breakers;
  Collector<std::string> errors;
};

// Reading this expression takes V8 ten seconds in which it looks at nothing, so its thread is given
// up. With an event's data only.
inline const char* const kStuckCode =
    "export const run = (event) => event.data ? "
    "new RegExp('\\\\p{L}\\\\P{Lu}[^\\\\p{sc=Greek}]'.repeat(20_000), 'iu') : 'done';";

// V8 ends the process where it cannot compile an expression for want of stack.
inline const char* const kFatalCode =
    "function f() { try { f(); } catch { /(?:x|y(?:z|w))+/.test('q' + Math.random()); } }"
    "export const run = f;";

// The suite runs once for each tier.
inline Isolation tested_isolation() {
  const char* tier = std::getenv("SUBLET_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "sandboxed" ? Isolation::kSandboxed
                                                                  : Isolation::kAutomatic;
}
inline bool in_sandboxed_tier() { return tested_isolation() == Isolation::kSandboxed; }

inline TenantPolicy ample_policy() {
  TenantPolicy policy;
  policy.isolation = tested_isolation();
  policy.limits.cpu_time = 20s;
  policy.limits.wall_time = 60s;
  policy.limits.startup_cpu_time = 20s;
  policy.queue_time = 60s;
  policy.host_functions = {"*"};
  return policy;
}

// A host with a tenant "acme" in mind, and these functions:
//   host.gate.pass()      holds the worker thread until gate.open()
//   host.held.call(...)   stays unanswered until a test takes it from `held`
//   host.note(text)       goes to `notes`
//   host.echo(...)        answers its arguments
struct TestHost {
  explicit TestHost(TenantPolicy policy = ample_policy(), HostOptions options = two_workers()) {
    options.default_policy = std::move(policy);
    if (options.sandbox_helper.empty()) options.sandbox_helper = SUBLET_TEST_HELPER;
    options.observer = &observer;
    auto created = ExtensionHost::create(std::move(options));
    REQUIRE_MESSAGE(created.has_value(), created.error().message);
    host = std::move(created).value();
    register_functions();
  }
  ~TestHost() {
    gate.open();
    host.reset();
    CHECK(observer.errors.items() == std::vector<std::string>{});
  }
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  static HostOptions two_workers() { return workers(2); }
  static HostOptions workers(std::uint32_t count) {
    HostOptions options;
    options.workers = count;
    return options;
  }

  ExtensionHost* operator->() { return host.get(); }

  ExtensionInfo install(const std::string& code, const Spec& spec = {},
                        const std::string& tenant = "acme") {
    auto info = host->install(tenant, make_bundle(code, spec));
    REQUIRE_MESSAGE(info.has_value(), info.error().message);
    return std::move(info).value();
  }

  InvocationResult run(Event event, InvokeOptions options = {}) {
    auto result = host->invoke(std::move(event), std::move(options));
    REQUIRE_MESSAGE(result.has_value(), result.error().message);
    return std::move(result).value();
  }
  InvocationResult run(const std::string& payload = "", const std::string& tenant = "acme") {
    return run(Event{.tenant = tenant, .event = "run", .payload = payload});
  }

  // Starts one; its result goes to `results`.
  void start(Event event = {.tenant = "acme", .event = "run"}, InvokeOptions options = {}) {
    const auto accepted = host->invoke_async(
        std::move(event), [this](InvocationResult result) { results.add(std::move(result)); },
        std::move(options));
    REQUIRE_MESSAGE(accepted.has_value(), accepted.error().message);
  }

  RecordingObserver observer;
  Gate gate;
  Collector<HostCallAnswer> held;
  Collector<std::string> notes;
  Collector<InvocationResult> results;
  std::unique_ptr<ExtensionHost> host;

 private:
  void register_functions() {
    const auto answer_nothing = [] { return Result<std::string>(std::string()); };
    REQUIRE(host->register_function("gate.pass", [this, answer_nothing](const HostCall&) {
      gate.pass();
      return answer_nothing();
    }));
    REQUIRE(host->register_async_function(
        "held.call",
        [this](const HostCall&, HostCallAnswer answer) { held.add(std::move(answer)); }));
    REQUIRE(host->register_function("note", [this, answer_nothing](const HostCall& call) {
      notes.add(Json::parse(call.arguments).at(0).get<std::string>());
      return answer_nothing();
    }));
    REQUIRE(host->register_function(
        "echo", [](const HostCall& call) { return Result<std::string>(call.arguments); }));
  }
};

// The text of an error, or of the answer: what a failed check should show.
inline std::string describe(const InvocationResult& result) {
  std::string text(to_string(result.outcome));
  if (result.error) text += " " + result.error->name + ": " + result.error->message + "\n";
  return text + " " + result.json;
}

// An empty one where there is none, so that a failed check does not end the whole run.
inline GuestError error_of(const InvocationResult& result) {
  return result.error.value_or(GuestError());
}

// Checks outcome and answer at once.
#define CHECK_ANSWER(result, expected)                                    \
  do {                                                                    \
    const ::sublet::InvocationResult checked_ = (result);                 \
    CHECK_MESSAGE(checked_.ok(), ::sublet::scenario::describe(checked_)); \
    CHECK(checked_.json == (expected));                                   \
  } while (false)

#define CHECK_OUTCOME(result, expected)                                                    \
  do {                                                                                     \
    const ::sublet::InvocationResult checked_ = (result);                                  \
    CHECK_MESSAGE(checked_.outcome == (expected), ::sublet::scenario::describe(checked_)); \
  } while (false)

}  // namespace sublet::scenario
