// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "runtime/active_extension.h"
#include "runtime/context_pool.h"
#include "runtime/invocation.h"

namespace sublet::runtime {

// What the isolate of a tenant with this policy is made with.
engine::IsolateOptions isolate_options(const TenantPolicy& policy);

// One isolate: without a tenant at first, then one tenant's for life, with the contexts in it.
// Belongs to the worker that holds the tenant's lease; nobody else touches it, except for what
// engine::Isolate allows from any thread.
class TenantIsolate {
 public:
  TenantIsolate(std::uint64_t id, std::unique_ptr<engine::Isolate> isolate,
                const engine::IsolateOptions& options)
      : id_(id), options_(options), isolate_(std::move(isolate)) {}
  TenantIsolate(const TenantIsolate&) = delete;
  TenantIsolate& operator=(const TenantIsolate&) = delete;

  std::uint64_t id() const noexcept { return id_; }
  const engine::IsolateOptions& options() const noexcept { return options_; }
  engine::Isolate& engine() const noexcept { return *isolate_; }
  engine::ActivationId next_activation() noexcept { return ++last_activation_; }

  // Whether it can become the isolate of a tenant with these options.
  bool can_assign(const engine::IsolateOptions& options) const noexcept;
  // Entered.
  void assign(const engine::IsolateOptions& options);
  // Entered. Prepared before it is known whose it is.
  void make_spare_context() { spare_ = isolate_->create_context(Realm::kStandard); }
  // Entered. A context without a program: the spare one where it fits.
  std::unique_ptr<engine::Context> new_context(Realm realm);

  ContextPool& pool(const std::shared_ptr<const ActiveExtension>& extension, std::uint32_t most);
  // The pool whose next context is to be prepared in idle time; null where all have what they need.
  ContextPool* wanting_pool() noexcept;
  // Entered. After a quiet time: gives back surplus contexts and garbage.
  void calm_down();
  bool calm() const noexcept { return calm_; }
  void used() noexcept { calm_ = false; }
  // The reading of engine::Isolate::cpu_time_elsewhere() up to which the tenant was charged.
  std::chrono::nanoseconds charged_elsewhere{0};

  // Entered. The invocation's activation is over; it uses the isolate no more.
  void end_activation(Invocation& invocation, bool drop);
  // Entered. Gives up every context; the isolate is about to go.
  void clear();
  // Keeps what a context may still call into for as long as the isolate lives.
  void keep(std::shared_ptr<Invocation> invocation) { kept_.push_back(std::move(invocation)); }

 private:
  const std::uint64_t id_;
  engine::IsolateOptions options_;
  engine::ActivationId last_activation_ = 0;
  bool calm_ = false;
  std::vector<std::shared_ptr<Invocation>> kept_;
  // Below this the isolate and, before it, all that is inside.
  std::unique_ptr<engine::Isolate> isolate_;
  std::unique_ptr<engine::Context> spare_;
  std::vector<std::unique_ptr<ContextPool>> pools_;
};

}  // namespace sublet::runtime
