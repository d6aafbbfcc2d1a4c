// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sublet/adapters/memory_key_value_store.h>
#include <sublet/key_value_data.h>

#include <atomic>
#include <deque>

#include "support.h"
#include "support/forwarding_store.h"

namespace sublet::scenario {

// A store in memory whose answers a test can hold back, or replace by an error.
class MoodyStore final : public ForwardingStore {
 public:
  explicit MoodyStore(KeyValueClock clock = {})
      : ForwardingStore(std::make_shared<MemoryKeyValueStore>(std::move(clock))) {}

  // From now on every call answers with this; nullopt: as usual.
  void fail_with(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  // From now on calls of these kinds wait for let_go().
  void hold(bool reads, bool commits) {
    const std::lock_guard lock(mutex_);
    hold_reads_ = reads;
    hold_commits_ = commits;
  }
  void let_go() {
    hold(false, false);
    std::deque<std::function<void()>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const auto& call : held) call();
  }
  // Lets the first go that waits.
  void answer_one() {
    std::function<void()> call;
    {
      const std::lock_guard lock(mutex_);
      call = std::move(held_.front());
      held_.pop_front();
    }
    call();
  }
  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  bool wait_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return held_.size() >= count; });
  }

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    pass(hold_reads_, std::move(request), std::move(done),
         [this](auto asked, auto answer) { inner_->get(std::move(asked), std::move(answer)); });
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override {
    pass(hold_reads_, std::move(request), std::move(done),
         [this](auto asked, auto answer) { inner_->list(std::move(asked), std::move(answer)); });
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    ++commits;
    if (on_commit) on_commit();
    pass(hold_commits_, std::move(request), std::move(done),
         [this](auto asked, auto answer) { inner_->commit(std::move(asked), std::move(answer)); });
  }

  std::atomic<int> commits{0};
  std::function<void()> on_commit;  // set before the first call

 private:
  template <typename Request, typename Done, typename Call>
  void pass(const bool& held, Request request, Done done, const Call& call) {
    std::optional<Error> error;
    {
      const std::lock_guard lock(mutex_);
      if (held) {
        held_.push_back([call, request = std::move(request), done = std::move(done)]() mutable {
          call(std::move(request), std::move(done));
        });
        changed_.notify_all();
        return;
      }
      error = error_;
    }
    if (error.has_value()) return done(*error);
    call(std::move(request), std::move(done));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Error> error_;
  bool hold_reads_ = false;
  bool hold_commits_ = false;
  std::deque<std::function<void()>> held_;
};

// A host with such a store, and a clock that only a test moves.
struct KvHost {
  explicit KvHost(TenantPolicy policy = ample_kv_policy()) : host(std::move(policy), options()) {}

  static TenantPolicy ample_kv_policy() {
    TenantPolicy policy = ample_policy();
    policy.kv.rate = {1'000'000, 1s, 1'000'000};
    policy.limits.kv_operations = 100'000;
    policy.limits.host_calls = 100'000;
    return policy;
  }

  HostOptions options() {
    HostOptions wanted = TestHost::two_workers();
    wanted.key_value_store = store;
    return wanted;
  }

  // Installs a handler whose body is `code`, with `kv` and `event` in reach.
  void install(const std::string& code, const Json& more = Json::object(),
               const std::string& name = "ext", const std::string& tenant = "acme") {
    Spec spec;
    spec.name = name;
    auto files = bundle_files(
        "export const run = async (event, { kv, limits, log }) => { " + code + " };", spec);
    Json changed = Json::parse(files["extension.json"]);
    if (more.is_object()) changed.update(more);
    files["extension.json"] = changed.dump();
    auto bundle = Bundle::from_memory(std::move(files));
    REQUIRE(bundle.has_value());
    auto info = host->install(tenant, *bundle);
    REQUIRE_MESSAGE(info.has_value(), info.error().message);
  }

  InvocationResult run(const std::string& payload = "", const std::string& name = "ext",
                       const std::string& tenant = "acme") {
    Event event{.tenant = tenant, .event = "run", .payload = payload};
    event.extension = name;
    return host.run(std::move(event));
  }
  // Starts an invocation; its result goes to `host.results`.
  void start(const std::string& name = "ext", InvokeOptions options = {}) {
    Event event{.tenant = "acme", .event = "run"};
    event.extension = name;
    host.start(std::move(event), std::move(options));
  }
  // Starts an invocation and cancels it once the store holds a call of it; its result has come.
  InvocationResult cancel_when_held() {
    std::stop_source stop;
    InvokeOptions options;
    options.stop = stop.get_token();
    start("ext", options);
    REQUIRE(store->wait_held(1));
    stop.request_stop();
    REQUIRE(host.results.wait_for(1));
    return host.results.items().front();
  }
  // Installs and runs.
  InvocationResult does(const std::string& code, const Json& more = Json::object()) {
    install(code, more);
    return run();
  }

  std::string stored(const std::string& key, const std::string& space = "own/ext") {
    const auto entry = data.get("acme", {space, key});
    REQUIRE(entry.has_value());
    return entry->has_value() ? (*entry)->value.data : "(absent)";
  }

  std::shared_ptr<std::atomic<std::int64_t>> now =
      std::make_shared<std::atomic<std::int64_t>>(1'000'000);
  std::shared_ptr<MoodyStore> store = std::make_shared<MoodyStore>(
      [now = now] { return KeyValueTime(std::chrono::milliseconds(now->load())); });
  KeyValueData data{store};
  TestHost host;
};

inline const Json kTransactional = {{"kv", "transactional"}};

}  // namespace sublet::scenario
