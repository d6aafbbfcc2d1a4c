// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/mend_call.h"

#include <utility>

namespace sublet::adapters::postgres {

void MendCall::send(Sender& sender) {
  begin();
  mended_ = context().clock().leaps();
  more_ = false;
  put(sender, EventStatement::kPlanAnew, Parameters());
  Parameters leases;
  leases.number(context().time()).number(EventQueue::kMaxLease.count()).number(kMendBatch);
  put(sender, EventStatement::kMendLeases, leases);
}

void MendCall::take(std::size_t statement, const Rows& rows) {
  if (statement > 0) more_ |= rows.size() == static_cast<std::size_t>(kMendBatch);
}

void MendCall::tell(bool committed) noexcept {
  if (std::exchange(told_, true)) return;
  const bool all = committed && !more_;
  context().mend_ended(committed, all ? mended_ : 0);
}

}  // namespace sublet::adapters::postgres
