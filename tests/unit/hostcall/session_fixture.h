// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hostcall/host_call_session.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

namespace sublet::hostcall {

using Kind = engine::HostCallStart::Kind;

class CollectingSink final : public CompletionSink {
 public:
  void completed(engine::HostCallCompletion completion) noexcept override {
    completions.push_back(std::move(completion));
  }
  std::vector<engine::HostCallCompletion> completions;
};

class RecordingTurnCpu final : public TurnCpu {
 public:
  void pause_cpu() noexcept override { paused = true; }
  void resume_cpu(base::Nanoseconds spent) noexcept override {
    paused = false;
    resumed.push_back(spent);
  }
  bool paused = false;
  std::vector<base::Nanoseconds> resumed;
};

// One invocation's session with everything around it by hand.
class SessionFixture {
 public:
  HostCallSession& session() {
    if (!session_) session_.emplace(setup());
    return *session_;
  }

  SessionSetup setup() {
    SessionSetup setup;
    setup.functions = &functions;
    setup.permitted = &permitted;
    setup.limits = &limits;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.on_fault = &on_fault;
    setup.turn_cpu = &turn_cpu;
    setup.sink = sink;
    setup.tenant = "acme";
    setup.extension = "triage";
    setup.event_id = "e-1";
    setup.started = clock.now();
    setup.wall_deadline = clock.now() + limits.wall_time;
    return setup;
  }

  void add(std::string name, SyncHostFunction function) {
    if (!functions.add(std::move(name), std::move(function))) ++refused_functions;
  }
  void add_async(std::string name, AsyncHostFunction function) {
    if (!functions.add_async(std::move(name), std::move(function))) ++refused_functions;
  }

  Usage usage() {
    Usage usage;
    session().add_to(usage);
    return usage;
  }

  test::ManualClock clock;
  test::ManualTimerService timers{clock};
  FunctionRegistry functions;
  std::vector<std::string> permitted{"*"};
  Limits limits;
  RecordingTurnCpu turn_cpu;
  std::shared_ptr<CollectingSink> sink = std::make_shared<CollectingSink>();
  std::vector<std::string> faults;
  FaultReport on_fault = [this](std::string_view where, std::string_view what) {
    faults.push_back(std::string(where) + ": " + std::string(what));
  };
  int refused_functions = 0;

 private:
  std::optional<HostCallSession> session_;
};

}  // namespace sublet::hostcall
