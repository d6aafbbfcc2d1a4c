// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <utility>

#include "base/check.h"
#include "sublet/host_function.h"

namespace sublet {
inline namespace v1 {

struct HostCallAnswer::Once {
  explicit Once(Deliver function) : deliver(std::move(function)) {}
  ~Once() { give(Error{ErrorCode::kUnavailable, "no answer"}); }
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  void give(Result<std::string> answer) noexcept {
    if (given.exchange(true, std::memory_order_acq_rel)) return;
    try {
      // Moved out, so that what it holds ends now and not with the last copy.
      if (const Deliver function = std::exchange(deliver, nullptr)) function(std::move(answer));
    } catch (...) {
      base::report_failed_check(__FILE__, __LINE__, "the receiver of a host call's answer threw");
    }
  }

  std::atomic<bool> given{false};
  Deliver deliver;
};

HostCallAnswer::HostCallAnswer(Deliver deliver)
    : once_(std::make_shared<Once>(std::move(deliver))) {}

void HostCallAnswer::resolve(std::string json) const {
  if (once_) once_->give(Result<std::string>(std::move(json)));
}

void HostCallAnswer::reject(std::string message) const {
  if (once_) once_->give(Error{ErrorCode::kUnavailable, std::move(message)});
}

}  // namespace v1
}  // namespace sublet
