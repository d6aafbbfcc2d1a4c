// SPDX-License-Identifier: Apache-2.0
#include "runtime/tenant_isolate.h"

#include <algorithm>
#include <utility>

namespace sublet::runtime {

engine::IsolateOptions isolate_options(const TenantPolicy& policy) {
  const Limits& limits = policy.limits;
  engine::IsolateOptions options;
  options.heap = limits.heap;
  options.external_memory = limits.external_memory;
  options.stack = limits.stack;
  options.allow_eval = policy.allow_eval;
  options.allow_wasm = policy.allow_wasm;
  options.heap_dry_run = limits.enforcement(Limit::kHeap) == Enforcement::kDryRun;
  options.external_dry_run = limits.enforcement(Limit::kExternalMemory) == Enforcement::kDryRun;
  return options;
}

bool TenantIsolate::can_assign(const engine::IsolateOptions& options) const noexcept {
  return options_.stack == options.stack && options_.allow_wasm == options.allow_wasm &&
         options_.sandboxed == options.sandboxed;
}

void TenantIsolate::assign(const engine::IsolateOptions& options) {
  // The permission was given, or not, when the context was made.
  if (options.allow_eval != options_.allow_eval) spare_.reset();
  isolate_->assign(options);
  options_ = options;
}

std::unique_ptr<engine::Context> TenantIsolate::new_context(Realm realm) {
  if (realm == Realm::kStandard && spare_ != nullptr) return std::move(spare_);
  return isolate_->create_context(realm);
}

ContextPool& TenantIsolate::pool(const std::shared_ptr<const ActiveExtension>& extension,
                                 std::uint32_t most) {
  for (const auto& pool : pools_) {
    if (!pool->serves(*extension)) continue;
    pool->refresh(extension);
    return *pool;
  }
  pools_.push_back(std::make_unique<ContextPool>(extension, most));
  return *pools_.back();
}

ContextPool* TenantIsolate::wanting_pool() noexcept {
  for (const auto& pool : pools_) {
    if (pool->wants_one()) return pool.get();
  }
  return nullptr;
}

void TenantIsolate::calm_down() {
  for (const auto& pool : pools_) pool->calm_down();
  const auto over = [](const auto& pool) { return pool->empty() && pool->extension() == nullptr; };
  pools_.erase(std::remove_if(pools_.begin(), pools_.end(), over), pools_.end());
  isolate_->collect_garbage();
  calm_ = true;
}

void TenantIsolate::end_activation(Invocation& invocation, bool drop) {
  LoadedContext* loaded = std::exchange(invocation.context, nullptr);
  if (loaded == nullptr) return;
  if (drop) loaded->context->drop(invocation.activation);
  for (const auto& pool : pools_) {
    if (!pool->serves(*invocation.request.extension)) continue;
    pool->give_back(loaded);
    return;
  }
}

void TenantIsolate::clear() {
  pools_.clear();
  spare_.reset();
  kept_.clear();
}

}  // namespace sublet::runtime
