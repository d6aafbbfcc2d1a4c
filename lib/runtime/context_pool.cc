// SPDX-License-Identifier: Apache-2.0
#include "runtime/context_pool.h"

#include <algorithm>
#include <utility>

namespace sublet::runtime {

namespace {

bool keeps_one_context(const engine::Program& program) {
  return program.realm == Realm::kFrozen || program.state == State::kTenant;
}

}  // namespace

ContextPool::ContextPool(std::shared_ptr<const ActiveExtension> extension, std::uint32_t most)
    : extension_(extension),
      program_(extension->program.get()),
      name_(extension->name),
      keeps_state_(keeps_one_context(*extension->program)),
      most_(keeps_state_ ? std::min<std::uint32_t>(most, 1) : most),
      target_(std::min<std::uint32_t>(most_, 1)) {}

void ContextPool::refresh(const std::shared_ptr<const ActiveExtension>& extension) {
  // Comparing owners needs no lock() of the weak pointer: this is on the way of every call.
  if (extension_.owner_before(extension) || extension.owner_before(extension_)) {
    extension_ = extension;
  }
}

LoadedContext* ContextPool::take() noexcept {
  for (const auto& loaded : contexts_) {
    if (loaded->doomed || (!loaded->shared && loaded->activations > 0)) continue;
    if (loaded->activations++ == 0) --ready_;
    return loaded.get();
  }
  target_ = std::min(most_, target_ * 2);
  return nullptr;
}

LoadedContext* ContextPool::add(std::unique_ptr<engine::Context> context, bool taken) {
  auto loaded = std::make_unique<LoadedContext>();
  loaded->context = std::move(context);
  loaded->shared = keeps_state_;
  loaded->activations = taken ? 1 : 0;
  if (!taken) ++ready_;
  failed_ = false;
  contexts_.push_back(std::move(loaded));
  return contexts_.back().get();
}

void ContextPool::give_back(LoadedContext* loaded) {
  --loaded->activations;
  if (!loaded->shared || !loaded->context->reusable()) loaded->doomed = true;
  if (loaded->activations > 0) return;
  if (loaded->doomed) {
    drop(loaded);
  } else {
    ++ready_;
  }
}

bool ContextPool::wants_one() const noexcept {
  if (failed_ || extension_.expired()) return false;
  if (!keeps_state_) return ready_ < target_;
  const auto serves_on = [](const auto& loaded) { return !loaded->doomed; };
  return target_ > 0 && std::none_of(contexts_.begin(), contexts_.end(), serves_on);
}

void ContextPool::calm_down() {
  target_ = std::min<std::uint32_t>(most_, 1);
  const std::size_t keep = extension_.expired() ? 0 : target_;
  const auto surplus = [&](const auto& loaded) {
    if (loaded->activations > 0 || ready_ <= keep) return false;
    --ready_;
    return true;
  };
  contexts_.erase(std::remove_if(contexts_.begin(), contexts_.end(), surplus), contexts_.end());
}

void ContextPool::drop(LoadedContext* loaded) {
  const auto is_it = [&](const auto& other) { return other.get() == loaded; };
  contexts_.erase(std::find_if(contexts_.begin(), contexts_.end(), is_it));
}

}  // namespace sublet::runtime
