// SPDX-License-Identifier: Apache-2.0
#include "events/pump/strand.h"

#include <memory>
#include <utility>

namespace sublet::events {

Strand::Strand(Function between, std::function<bool()> elsewhere, Function fault)
    : between_(std::move(between)), elsewhere_(std::move(elsewhere)), fault_(std::move(fault)) {}

bool Strand::post(Function function) noexcept {
  try {
    const base::MutexLock lock(mutex_);
    waiting_.push_back(std::move(function));
  } catch (...) {
    fault_();
    return false;
  }
  go_on();
  return true;
}

void Strand::post_and_wait(Function function) noexcept {
  // Guarded by the lock.
  const auto ran = std::make_shared<bool>(false);
  const bool posted = post([this, ran, function = std::move(function)] {
    function();
    const base::MutexLock lock(mutex_);
    *ran = true;
  });
  while (posted) {
    {
      const base::MutexLock lock(mutex_);
      if (running_ && runner_ == std::this_thread::get_id()) return;
      while (running_ && !*ran) changed_.wait(mutex_);
      if (*ran) return;
    }
    go_on();  // it was handed over, and there is no reason to wait for that
  }
}

void Strand::go_on() noexcept {
  if (take_over()) run();
}

bool Strand::take_over() noexcept {
  const base::MutexLock lock(mutex_);
  if (running_ || waiting_.empty()) return false;
  running_ = true;
  runner_ = std::this_thread::get_id();
  return true;
}

void Strand::run() noexcept {
  while (true) {
    for (std::uint32_t i = 0; i < kMostBunches; ++i) {
      if (!run_bunch()) return;
    }
    if (hand_over()) return;
  }
}

bool Strand::hand_over() noexcept {
  {
    const base::MutexLock lock(mutex_);
    if (waiting_.empty()) return false;
    running_ = false;
    changed_.notify_all();
  }
  return elsewhere_() || !take_over();
}

bool Strand::run_bunch() noexcept {
  std::vector<Function> bunch;
  {
    const base::MutexLock lock(mutex_);
    if (waiting_.empty()) {
      running_ = false;
      changed_.notify_all();
      return false;
    }
    bunch.swap(waiting_);
  }
  for (const Function& function : bunch) run_guarded(function);
  run_guarded(between_);
  const base::MutexLock lock(mutex_);
  changed_.notify_all();
  return true;
}

void Strand::run_guarded(const Function& function) noexcept {
  try {
    function();
  } catch (...) {
    fault_();
  }
}

}  // namespace sublet::events
