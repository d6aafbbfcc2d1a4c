// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engine/engine.h"
#include "hostcall/function_registry.h"
#include "runtime/active_extension.h"
#include "runtime/invocation.h"
#include "sublet/event.h"
#include "sublet/extension_host.h"
#include "sublet/invocation.h"
#include "sublet/observer.h"
#include "sublet/result.h"
#include "sublet/tenant.h"

namespace sublet::dispatch {

class Core;

struct DispatcherOptions {
  // Shared, since a thread that never comes back keeps it for the life of the process.
  std::shared_ptr<engine::Engine> engine;
  // For sandboxed tenants; null: they end as kDisabled, for `sandbox_missing`.
  std::shared_ptr<engine::Engine> sandbox;
  std::string sandbox_missing;
  std::shared_ptr<const hostcall::FunctionRegistry> functions;
  const base::Clock* clock = &base::system_clock();
  Observer* observer = nullptr;
  std::uint32_t workers = 1;
  std::uint32_t warm_isolates = 2;
  std::uint32_t warm_contexts = 2;
  std::uint32_t max_abandoned_per_tenant = 2;
  std::uint32_t max_abandoned = 64;
  Bytes memory_budget = Bytes::mebibytes(1024);
  // What the isolates that wait for a tenant are made with: the default policy's.
  engine::IsolateOptions isolate_options;
};

using Request = runtime::Request;

// Decides which invocation runs when, and runs it.
//
// Ownership: owns workers, watchdog, isolates; shares the engine; borrows observer and clock.
// Thread safety: thread-safe, except for the destructor.
// Blocking: drain() as told; shutdown() and the destructor until the workers that can end have
//   ended; everything else only for a short lock.
// Errors: a guest's failure is an Outcome; after shutdown() or while draining kFailedPrecondition.
class Dispatcher {
 public:
  // kInternal where a thread or timer cannot be made.
  static Result<std::unique_ptr<Dispatcher>> create(DispatcherOptions options);

  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // The record of a tenant: queue, share, isolate. Costs a few hundred bytes while it is idle. The
  // facade keeps one per name; dropping the last reference gives it up.
  std::shared_ptr<runtime::Tenant> add_tenant(std::string name,
                                              std::shared_ptr<const TenantPolicy> policy);
  // Holds from the next invocation on. Isolate options that changed cost the tenant its isolate as
  // soon as nothing runs in it (IsolateEnd::kReplaced). The facade also makes new ActiveExtensions.
  void set_policy(runtime::Tenant& tenant, std::shared_ptr<const TenantPolicy> policy);
  TenantStatus status(const runtime::Tenant& tenant) const;
  // Whether anything of it waits or is under way.
  bool busy(const runtime::Tenant& tenant) const;
  void quarantine(runtime::Tenant& tenant, std::string_view reason);
  void lift_quarantine(runtime::Tenant& tenant);
  // Gives the tenant's isolate back when nothing is in flight: nothing is installed any more.
  void release_isolate(runtime::Tenant& tenant);

  // Evaluates the program's top-level code in the tenant's isolate under its limits, and keeps the
  // context ready for the first invocation. `done` is called exactly once, on a worker.
  Result<void> load(std::shared_ptr<const runtime::ActiveExtension> extension,
                    std::function<void(engine::LoadReport)> done);

  // Takes an invocation; from here on its completion is called exactly once, never on this thread
  // and never under a lock. Refusals (kLoadShed, kDisabled, kQuarantined) come that way too.
  Result<void> submit(Request&& request);
  // Settles an event that does not reach an extension, e.g. kHandlerNotFound, the same way.
  // `extension` may be empty.
  Result<void> refuse(Event event, InvokeOptions options, Completion completion, Outcome outcome,
                      std::string message);

  // The extension is no longer active. Its ready contexts are given back; with `settle_queued` what
  // still waits ends as kHandlerNotFound (uninstall), else it runs with the version that accepted
  // it (a newer install).
  void retire(const runtime::ActiveExtension& extension, bool settle_queued);

  // Accepts nothing more and waits until nothing is left; false: some was left at the deadline.
  bool drain(std::chrono::milliseconds deadline);
  void accept_again();
  // Ends everything in flight as kCanceled and stops the threads. Idempotent.
  void shutdown();
  // After shutdown() began.
  bool stopped() const noexcept;
  // In a forked child: gives up everything without touching threads that do not exist there. The
  // destructor then does nothing.
  void abandon_after_fork() noexcept;

  // Fills in what the dispatcher knows: isolates, invocations, workers, memory.
  void add_stats(HostStats& stats) const;

 private:
  explicit Dispatcher(std::shared_ptr<Core> core);

  std::shared_ptr<Core> core_;
};

}  // namespace sublet::dispatch
