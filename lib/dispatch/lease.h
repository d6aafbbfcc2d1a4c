// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dispatch/core.h"
#include "dispatch/worker.h"

namespace sublet::dispatch {

// One worker's time with one tenant's isolate: turns until the slice is used up, one after the
// other under one entering of the isolate. On the worker's thread.
//
// After each call into the engine the worker may be lost; then nothing of the lease is touched any
// more and run() returns with the isolate still entered.
class Lease {
 public:
  Lease(Worker& worker, std::shared_ptr<runtime::Tenant> tenant, bool tidy);

  void run();

 private:
  using Invocation = runtime::Invocation;

  bool enter_isolate();
  bool ensure_isolate();
  void fail_next(const std::string& message);
  // What this lease's turns use: of the thread, and of the isolate's own process.
  base::Nanoseconds cpu();
  void charge_elsewhere();
  base::TimePoint bounded(base::TimePoint deadline, base::Nanoseconds usual);
  bool run_entered();
  bool take_steps();
  void tidy();
  void drop_settled();
  void take_step(Step step);
  void load_for_install(runtime::LoadRequest load);
  bool begin(Invocation& invocation, const Admission& admission);
  runtime::LoadedContext* ready_context(Invocation& invocation);
  void open_session(Invocation& invocation);
  void run_turn(Invocation& invocation, Step& step);
  engine::TurnReport enter_turn(Invocation& invocation, Step& step);
  void end_turn(Invocation& invocation, const runtime::Verdict& verdict,
                engine::TurnReport& report);
  void note_limits(Invocation& invocation, const runtime::Verdict& verdict);
  bool decide_outcome(Invocation& invocation, const runtime::Verdict& verdict,
                      engine::TurnReport& report);
  void drop_context(const runtime::LoadedContext* context);
  bool begin_commit(Invocation& invocation);
  void end_commit(Invocation& invocation, const Step& step);
  void finish(Invocation& invocation);
  void condemn();
  engine::LoadReport load_context(const std::shared_ptr<const runtime::ActiveExtension>& extension,
                                  runtime::ContextPool& pool, base::TimePoint deadline, bool taken,
                                  runtime::LoadedContext*& loaded);
  void judge_load(const Limits& limits, const runtime::Verdict& verdict,
                  engine::LoadReport& report);
  void close();

  Worker& worker_;
  Core& core_;
  const std::shared_ptr<runtime::Tenant> tenant_;
  const bool tidy_;
  LeaseStart start_;
  std::shared_ptr<runtime::TenantIsolate> isolate_;
  base::TimePoint started_{};
  base::Nanoseconds cpu_started_{0};
  LeaseUse use_;
  bool condemned_ = false;
};

}  // namespace sublet::dispatch
