// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "runtime/invocation.h"
#include "sublet/observer.h"

namespace sublet::dispatch {

// Decides how an invocation ended: outcome and error, for settle().
void decide(runtime::Invocation& invocation, Outcome outcome, std::string message);
// The same with the error of tenant code, where there is one.
void decide(runtime::Invocation& invocation, Outcome outcome, std::optional<GuestError> error);

// kExceededWallTime, by the limit or the caller's deadline.
void decide_wall_passed(runtime::Invocation& invocation);

// Turns a finished invocation into the record that the observer and the caller see.
//
// Ownership: borrows observer and clock.
// Thread safety: thread-safe; each invocation by whoever moved it to Phase::kSettled.
// Blocking: as long as observer and completion do; never under a lock.
// Errors: what they throw is told to Observer::internal_error.
class Settlement {
 public:
  Settlement(Observer* observer, const base::Clock& clock) : observer_(observer), clock_(clock) {}

  // Observer first, then the completion, exactly once. `turn_lost`: a thread that did not come back
  // may still read the invocation's event and session.
  // False: somebody did already.
  bool settle(runtime::Invocation& invocation, bool turn_lost = false) noexcept;

  // Calls the observer, where there is one, and drops what it throws.
  template <typename Call>
  void tell(Call&& call) noexcept {
    if (observer_ == nullptr) return;
    try {
      call(*observer_);
    } catch (...) {
    }
  }
  void internal_error(std::string_view where, std::string_view what) noexcept;

 private:
  InvocationResult make_result(runtime::Invocation& invocation, bool turn_lost);
  void check_passive_limits(runtime::Invocation& invocation, const InvocationResult& result,
                            LimitSet& passed) noexcept;

  Observer* const observer_;
  const base::Clock& clock_;
};

}  // namespace sublet::dispatch
