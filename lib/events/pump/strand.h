// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace sublet::events {

// Runs functions one at a time, in the order in which they came, on the threads that bring them:
// who comes while none runs, runs all there is. So what they touch needs no lock, and none is held
// while they run, whomever they call.
//
// Ownership: of the pump, which a caller of post() keeps alive for the call.
// Thread safety: thread-safe.
class Strand {
 public:
  using Function = std::function<void()>;

  // `between` runs on the strand after each bunch of functions. `elsewhere` has another thread call
  // go_on() soon, so that nobody who brings something is kept for long; false: nobody can. `fault`
  // is told where a function threw.
  Strand(Function between, std::function<bool()> elsewhere, Function fault);

  // False: there was no memory for it.
  bool post(Function function) noexcept;
  // Returns when it has run; on the strand itself at once.
  void post_and_wait(Function function) noexcept;
  // Works off what is there.
  void go_on() noexcept;

 private:
  static constexpr std::uint32_t kMostBunches = 32;

  // False: there is nothing to run, or another thread does it.
  bool take_over() noexcept SUBLET_EXCLUDES(mutex_);
  void run() noexcept SUBLET_EXCLUDES(mutex_);
  // True: another thread goes on.
  bool hand_over() noexcept SUBLET_EXCLUDES(mutex_);
  // False: there was none, and the strand is not running any more.
  bool run_bunch() noexcept SUBLET_EXCLUDES(mutex_);
  void run_guarded(const Function& function) noexcept;

  const Function between_;
  const std::function<bool()> elsewhere_;
  const Function fault_;

  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Function> waiting_ SUBLET_GUARDED_BY(mutex_);
  bool running_ SUBLET_GUARDED_BY(mutex_) = false;
  std::thread::id runner_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::events
