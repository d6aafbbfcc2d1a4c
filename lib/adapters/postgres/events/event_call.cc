// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/event_call.h"

#include <exception>

namespace sublet::adapters::postgres {

NumberArray numbers_of(const std::vector<std::uint64_t>& numbers) {
  NumberArray array(numbers.size());
  for (const std::uint64_t number : numbers) array.add(static_cast<std::int64_t>(number));
  return array;
}

void EventCall::put_lock(Sender& sender, const Stripes& stripes,
                         const std::vector<std::uint64_t>& ids,
                         const std::vector<std::uint64_t>& dead) {
  NumberArray named(stripes.size());
  for (const std::int64_t stripe : stripes) named.add(stripe);
  Parameters parameters;
  parameters.number(context_.lock_class).array(std::move(named));
  parameters.array(numbers_of(ids)).array(numbers_of(dead));
  put(sender, EventStatement::kLock, parameters);
}

void EventCall::put_long_work(Sender& sender) {
  Parameters timeout;
  timeout.number(context_.options.statement_timeout.count() * kLongWork);
  put(sender, EventStatement::kSetTimeout, timeout);
  put(sender, EventStatement::kPlanAnew, Parameters());
}

void EventCall::tell_changed() noexcept {
  try {
    context_.changed(std::exchange(changed_, {}));
  } catch (const std::exception&) {
    // No memory: who waits looks by and by.
  }
}

}  // namespace sublet::adapters::postgres
