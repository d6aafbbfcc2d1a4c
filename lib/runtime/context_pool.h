// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "runtime/active_extension.h"

namespace sublet::runtime {

// A context in which a program was evaluated.
struct LoadedContext {
  std::unique_ptr<engine::Context> context;
  bool shared = false;  // serves several invocations
  bool doomed = false;  // serves no further one
  std::uint32_t activations = 0;
};

// The contexts of one extension in one isolate. Belongs to whoever holds the tenant's lease;
// methods that drop contexts need the isolate entered.
//
// How many contexts are kept ready follows the demand: a call that finds none asks for one more, up
// to `most`; a quiet time goes back to one.
class ContextPool {
 public:
  ContextPool(std::shared_ptr<const ActiveExtension> extension, std::uint32_t most);

  bool serves(const ActiveExtension& extension) const noexcept {
    return program_ == extension.program.get() && name_ == extension.name;
  }
  void refresh(const std::shared_ptr<const ActiveExtension>& extension);
  // Null once the extension is active no longer and nothing of it is in flight.
  std::shared_ptr<const ActiveExtension> extension() const { return extension_.lock(); }
  // One context serves invocation after invocation, also several at once.
  bool keeps_state() const noexcept { return keeps_state_; }

  // A ready context, taken for one more activation. Null where there is none.
  LoadedContext* take() noexcept;
  // A context that was loaded just now joins: as ready, or taken at once.
  LoadedContext* add(std::unique_ptr<engine::Context> context, bool taken);
  // An activation of `loaded` is over. A context that serves no further one goes with its last.
  void give_back(LoadedContext* loaded);

  // Whether preparing one more context in idle time serves somebody.
  bool wants_one() const noexcept;
  // Preparing failed: wait for a call to show whether it still does.
  void preparing_failed() noexcept { failed_ = true; }
  // After a quiet time: one ready context is enough.
  void calm_down();
  bool empty() const noexcept { return contexts_.empty(); }
  std::size_t ready() const noexcept { return ready_; }

 private:
  void drop(LoadedContext* loaded);

  std::weak_ptr<const ActiveExtension> extension_;
  const engine::Program* const program_;
  const std::string name_;
  const bool keeps_state_;
  const std::uint32_t most_;
  std::uint32_t target_;
  std::size_t ready_ = 0;  // not taken, not doomed
  bool failed_ = false;
  std::vector<std::unique_ptr<LoadedContext>> contexts_;
};

}  // namespace sublet::runtime
