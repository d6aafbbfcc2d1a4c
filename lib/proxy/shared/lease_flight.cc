// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/lease_flight.h"

namespace sublet::proxy {

KeyValueCommit LeaseFlight::commit() {
  KeyValueCommit request;
  request.tenant = kHostTenant;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    KeyValueWrite write;
    write.kind = KeyValueWrite::Kind::kCompute;
    write.at = bucket_place(parts_[i].key);
    write.expiry = expiry_after(policy::time_of(parts_[i].rate, policy::burst_of(parts_[i].rate)));
    write.compute = [self = shared_from_this(), i](const KeyValueEntry* current, std::uint64_t) {
      return self->compute(i, current);
    };
    request.writes.push_back(std::move(write));
  }
  return request;
}

LeaseFlight::Outcome LeaseFlight::outcome(std::size_t part) const {
  const base::MutexLock lock(mutex_);
  return outcomes_[part];
}

Result<std::optional<KeyValueValue>> LeaseFlight::compute(std::size_t part,
                                                          const KeyValueEntry* current) {
  const Part& asked = parts_[part];
  const base::TimePoint asked_at = time_->clock().now();
  const LeasedTokens tokens =
      lease_tokens(read_bucket(current), asked.rate, asked.needed, asked.wanted, time_->now());
  time_->observe(tokens.after.at);
  {
    const base::MutexLock lock(mutex_);
    outcomes_[part] = {tokens, asked_at, true};
  }
  if (tokens.count == 0) return Error{ErrorCode::kResourceExhausted, "the bucket is empty"};
  return std::optional(write_bucket(tokens.after));
}

}  // namespace sublet::proxy
