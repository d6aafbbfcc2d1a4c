// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/breaker_news.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/shared/entries.h"

namespace sublet::proxy {
namespace {

constexpr std::size_t kMostStates = 4'096;
constexpr std::size_t kMostUnderWay = 16;
constexpr base::Nanoseconds kMostOpen = std::chrono::hours(24);

using Computed = Result<std::optional<KeyValueValue>>;

// Another process's breaker that stays open for longer says all that this one would.
Computed open_entry(const KeyValueEntry* current, const BreakerEntry& own) {
  const auto there = read_breaker(current);
  if (there && there->process != own.process && there->until > own.until &&
      there->until - own.until < kMostOpen) {
    return Error{ErrorCode::kResourceExhausted, "open for longer elsewhere"};
  }
  return std::optional(write_breaker(own));
}

Computed closed_entry(const KeyValueEntry* current, std::string_view process) {
  const auto there = read_breaker(current);
  if (there && there->process != process) {
    return Error{ErrorCode::kResourceExhausted, "open elsewhere"};
  }
  return std::optional<KeyValueValue>();
}

}  // namespace

void BreakerNews::opened(const std::string& key, base::Nanoseconds open_for) {
  change(key, shared_.time->now() + std::min(open_for, kMostOpen));
}

void BreakerNews::closed(const std::string& key) { change(key, {}); }

void BreakerNews::change(const std::string& key, base::TimePoint until) {
  {
    const base::MutexLock lock(mutex_);
    const auto found = states_.find(key);
    if (found == states_.end() && states_.size() >= kMostStates) return;
    State& state = found == states_.end() ? states_[key] : found->second;
    state.until = until;
    state.change = ++changes_;
  }
  flush();
}

void BreakerNews::flush() {
  if (shared_.health->down()) return;
  std::vector<std::shared_ptr<Write>> due;
  {
    const base::MutexLock lock(mutex_);
    for (auto& [key, state] : states_) {
      if (under_way_ >= kMostUnderWay) break;
      if (state.writing != 0) continue;
      state.writing = state.change;
      ++under_way_;
      due.push_back(std::make_shared<Write>(Write{key, state}));
    }
  }
  for (const auto& write : due) send(write);
}

void BreakerNews::stop() {
  const base::MutexLock lock(mutex_);
  stopped_ = true;
}

void BreakerNews::send(const std::shared_ptr<Write>& write) {
  {
    const base::MutexLock lock(mutex_);
    if (stopped_) return;
    write->timer = shared_.timers->schedule(shared_.patience, [weak = weak_from_this(), write] {
      const Error late{ErrorCode::kUnavailable, "the store did not answer in time"};
      if (const auto self = weak.lock()) self->written(*write, &late);
    });
  }
  shared_.store->commit(commit_of(write->key, write->state.until),
                        [weak = weak_from_this(), write](auto answer) {
                          const auto self = weak.lock();
                          if (self) self->written(*write, answer ? nullptr : &answer.error());
                        });
}

KeyValueCommit BreakerNews::commit_of(const std::string& key, base::TimePoint until) const {
  const base::TimePoint now = shared_.time->now();
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = breaker_place(key);
  if (until > now) {
    write.expiry = expiry_after(until - now);
    write.compute = [own = BreakerEntry{until, now, shared_.process}](const KeyValueEntry* current,
                                                                      std::uint64_t) {
      return open_entry(current, own);
    };
  } else {
    write.compute = [process = shared_.process](const KeyValueEntry* current, std::uint64_t) {
      return closed_entry(current, process);
    };
  }
  return KeyValueCommit{std::string(kHostTenant), {std::move(write)}};
}

void BreakerNews::written(Write& write, const Error* error) {
  {
    const base::MutexLock lock(mutex_);
    if (stopped_ || write.over) return;
    write.over = true;
    shared_.timers->cancel(write.timer);
    --under_way_;
    const auto found = states_.find(write.key);
    if (found != states_.end()) {
      found->second.writing = 0;
      // What changed meanwhile is written next.
      if (error == nullptr && found->second.change == write.state.change) states_.erase(found);
    }
  }
  if (error != nullptr) return shared_.health->failed(error->message);
  flush();
}

}  // namespace sublet::proxy
