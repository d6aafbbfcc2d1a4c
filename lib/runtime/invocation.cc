// SPDX-License-Identifier: Apache-2.0
#include "runtime/invocation.h"

#include <utility>

namespace sublet::runtime {

void Invocation::watch_stop() {
  if (request.options.stop.stop_possible())
    stop_callback_.emplace(request.options.stop, OnStop{this});
}

void Invocation::completed(engine::HostCallCompletion completion) noexcept {
  owner_->completion_arrived(*this, std::move(completion));
}

void Invocation::OnStop::operator()() const noexcept {
  invocation->owner_->stop_requested(*invocation);
}

}  // namespace sublet::runtime
