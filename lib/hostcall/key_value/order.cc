// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/order.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "hostcall/key_value/direct.h"

namespace sublet::hostcall {

KeyValueOrder::Claim KeyValueOrder::claim_of(const KeyValueCall& call) {
  Claim claim;
  const std::hash<std::string> hash;
  claim.writes = !call.steps.empty();
  claim.space = hash(call.name_space);
  // One key in two spaces must differ; the factor spreads the few spaces over all bits.
  const std::size_t salt = claim.space * 0x9e3779b97f4a7c15U;
  claim.keys.reserve(call.keys.size() + call.steps.size());
  for (const std::string& key : call.keys) claim.keys.push_back(hash(key) ^ salt);
  for (const KeyValueStep& step : call.steps) claim.keys.push_back(hash(step.key) ^ salt);
  return claim;
}

bool KeyValueOrder::in_use(const Places& places, std::size_t place, bool for_write) {
  const auto found = places.find(place);
  if (found == places.end()) return false;
  return found->second.writers > 0 || (for_write && found->second.readers > 0);
}

void KeyValueOrder::change(Places& places, std::size_t place, bool writes, bool taken) {
  const auto at = places.try_emplace(place).first;
  std::uint32_t& users = writes ? at->second.writers : at->second.readers;
  taken ? ++users : --users;
  if (at->second.readers + at->second.writers == 0) places.erase(at);
}

bool KeyValueOrder::is_free(const Claim& claim) const {
  if (claim.keys.empty()) return !in_use(spaces_, claim.space, claim.writes);
  if (claim.writes) {
    const auto space = spaces_.find(claim.space);
    if (space != spaces_.end() && space->second.readers > 0) return false;
  }
  for (const std::size_t key : claim.keys) {
    if (in_use(keys_, key, claim.writes)) return false;
  }
  return true;
}

void KeyValueOrder::mark(const Claim& claim, bool taken) {
  for (const std::size_t key : claim.keys) change(keys_, key, claim.writes, taken);
  if (claim.writes || claim.keys.empty()) change(spaces_, claim.space, claim.writes, taken);
}

void KeyValueOrder::start(KeyValueCall call, AnswerReply reply) {
  Waiting each{std::move(call), std::move(reply), {}};
  each.claim = claim_of(each.call);
  {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    if (!waiting_.empty() || !is_free(each.claim)) {
      waiting_.push_back(std::move(each));
      return;
    }
    mark(each.claim, true);
  }
  go(std::move(each));
}

void KeyValueOrder::close() {
  std::deque<Waiting> dropped;  // not under the lock
  base::MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

void KeyValueOrder::go(Waiting each) {
  call_store(tally_, std::move(each.call),
             [self = shared_from_this(), claim = std::move(each.claim),
              reply = std::move(each.reply)](CheckedAnswer answer) {
               reply(std::move(answer));
               self->finished(claim);
             });
}

void KeyValueOrder::finished(const Claim& claim) {
  {
    base::MutexLock lock(mutex_);
    mark(claim, false);
    if (starting_ || waiting_.empty()) return;
    starting_ = true;
  }
  while (true) {
    std::optional<Waiting> next;
    {
      base::MutexLock lock(mutex_);
      if (waiting_.empty() || !is_free(waiting_.front().claim)) {
        starting_ = false;
        return;
      }
      next = std::move(waiting_.front());
      waiting_.pop_front();
      mark(next->claim, true);
    }
    go(*std::move(next));
  }
}

}  // namespace sublet::hostcall
