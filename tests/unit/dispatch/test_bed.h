// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "hostcall/function_registry.h"
#include "runtime/tenant.h"
#include "sublet/observer.h"
#include "support/fake_engine.h"

namespace sublet::test {

using std::chrono::milliseconds;
using Extension = std::shared_ptr<const runtime::ActiveExtension>;

// Remembers what it was told.
class RecordingObserver final : public Observer {
 public:
  void invocation_finished(const InvocationResult& result) override {
    base::MutexLock lock(mutex_);
    outcomes_.push_back(result.outcome);
  }
  void limit_reached(std::string_view, Limit limit, Enforcement) override {
    base::MutexLock lock(mutex_);
    limits_.push_back(limit);
  }
  void isolate_ended(std::string_view, IsolateEnd end, Bytes) override {
    base::MutexLock lock(mutex_);
    ends_.push_back(end);
    changed_.notify_all();
  }
  void internal_error(std::string_view where, std::string_view) override {
    base::MutexLock lock(mutex_);
    errors_.emplace_back(where);
  }

  std::vector<Outcome> outcomes() { return copy(outcomes_); }
  std::vector<Limit> limits() { return copy(limits_); }
  std::vector<IsolateEnd> ends() { return copy(ends_); }
  std::vector<std::string> errors() { return copy(errors_); }
  void await_ends(std::size_t count) {
    base::MutexLock lock(mutex_);
    while (ends_.size() < count) changed_.wait(mutex_);
  }

 private:
  template <typename T>
  std::vector<T> copy(const std::vector<T>& from) {
    base::MutexLock lock(mutex_);
    return from;
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Outcome> outcomes_;
  std::vector<Limit> limits_;
  std::vector<IsolateEnd> ends_;
  std::vector<std::string> errors_;
};

// A dispatcher over the fake engine, with threads and clocks of the machine.
struct TestBed {
  std::shared_ptr<FakeCounts> counts = std::make_shared<FakeCounts>();
  std::shared_ptr<FakeEngine> engine = std::make_shared<FakeEngine>(counts);
  std::shared_ptr<hostcall::FunctionRegistry> functions =
      std::make_shared<hostcall::FunctionRegistry>();
  RecordingObserver observer;
  dispatch::DispatcherOptions options;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;

  TestBed() {
    options.workers = 2;
    options.warm_isolates = 1;
    options.warm_contexts = 2;
  }

  void start() {
    options.engine = engine;
    options.functions = functions;
    options.observer = &observer;
    dispatcher = std::move(dispatch::Dispatcher::create(options)).value();
  }

  Extension extension(const std::string& tenant, std::vector<std::string> handlers,
                      TenantPolicy policy = {}, State state = State::kInvocation,
                      Realm realm = Realm::kStandard) {
    if (policy.host_functions.empty()) policy.host_functions = {"*"};
    auto program = std::make_shared<engine::Program>();
    program->digest = tenant;
    program->exports = std::move(handlers);
    program->state = state;
    program->realm = realm;
    auto made = std::make_shared<runtime::ActiveExtension>();
    made->policy = std::make_shared<const TenantPolicy>(policy);
    made->tenant = dispatcher->add_tenant(tenant, made->policy);
    made->tenant_name = tenant;
    made->name = "extension";
    made->version = "1.0.0";
    made->program = std::move(program);
    made->limits = policy.limits;
    return made;
  }

  Result<void> submit(const Extension& extension, std::size_t handler, Completion completion,
                      InvokeOptions invoke = {}, runtime::Lane lane = runtime::Lane::kCall) {
    dispatch::Request request;
    request.lane = lane;
    request.extension = extension;
    request.handler = handler;
    request.event.tenant = extension->tenant_name;
    request.event.event = "onEvent";
    request.event.payload = "{}";
    request.event.id = "e1";
    request.options = std::move(invoke);
    request.completion = std::move(completion);
    return dispatcher->submit(std::move(request));
  }

  std::future<InvocationResult> start_one(const Extension& extension, std::size_t handler = 0,
                                          InvokeOptions invoke = {}) {
    auto promise = std::make_shared<std::promise<InvocationResult>>();
    std::future<InvocationResult> future = promise->get_future();
    auto accepted = submit(
        extension, handler,
        [promise](InvocationResult result) { promise->set_value(std::move(result)); },
        std::move(invoke));
    if (!accepted.has_value()) promise->set_value(InvocationResult{});
    return future;
  }

  InvocationResult run(const Extension& extension, std::size_t handler = 0,
                       InvokeOptions invoke = {}) {
    return start_one(extension, handler, std::move(invoke)).get();
  }

  HostStats stats() {
    HostStats stats;
    dispatcher->add_stats(stats);
    return stats;
  }
};

}  // namespace sublet::test
