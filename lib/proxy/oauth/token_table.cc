// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_table.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "proxy/codes.h"
#include "proxy/oauth/token_flight.h"

namespace sublet::proxy {
namespace {

// How long a token is used without a look at the store: another process may have another one.
constexpr base::Nanoseconds kTrusted = std::chrono::seconds(60);

std::string id_prefix(std::string_view tenant, std::string_view key_prefix) {
  return std::string(tenant) + '\0' + std::string(key_prefix);
}

Tokened failed(std::string message) {
  return RequestError{std::string(codes::kTokenFailed), std::move(message)};
}

}  // namespace

std::string TokenUse::id() const {
  return id_prefix(place.tenant, place.key) + '\0' + provider->binding;
}

TokenTable::TokenTable(OAuthSetup setup)
    : setup_(std::move(setup)), store_(setup_.store, setup_.timers) {}

void TokenTable::fault(std::string_view what) const {
  if (setup_.fault && !store_.is_stopped()) setup_.fault("oauth", what);
}

std::optional<Tokened> TokenTable::known_answer(const Known& known,
                                                const std::optional<std::string>& refused) {
  const base::TimePoint time = setup_.clock->now();
  if (known.record && known.record->access_token != refused) {
    const bool trusted = time - known.read_at < kTrusted && known.record->is_fresh(now());
    if (trusted || (time < known.rests_until && known.record->is_valid(now()))) {
      return AccessToken{known.record->access_token};
    }
  }
  if (time >= known.closed_until) return std::nullopt;
  return RequestError{std::string(codes::kTokenFailed),
                      "the provider asked to be left alone for a while", known.closed_until - time};
}

void TokenTable::ask(const TokenUse& use, std::optional<std::string> refused, TokenCallback done) {
  std::optional<Tokened> answer;
  {
    base::MutexLock lock(mutex_);
    const auto known = known_.find(use.id());
    if (known != known_.end()) answer = known_answer(touch(known->first), refused);
  }
  if (answer) return done(*std::move(answer));
  join(use, {std::move(refused), std::move(done)});
}

void TokenTable::join(const TokenUse& use, Waiter waiter) {
  FlyingPtr begun;
  {
    base::MutexLock lock(mutex_);
    if (!stopped_ && !ending_) {
      FlyingPtr flying = find_flying(use.id());
      if (flying == nullptr) {
        flying = begun = std::make_shared<Flying>();
        flying_.emplace(use.id(), begun);
      }
      flying->waiters.push_back(std::move(waiter));
    }
  }
  // It was not taken.
  if (waiter.done) return waiter.done(failed("the host is ending"));
  if (begun != nullptr) std::make_shared<TokenFlight>(shared_from_this(), use, begun)->start();
}

TokenTable::FlyingPtr TokenTable::find_flying(const std::string& id) {
  const auto [first, last] = flying_.equal_range(id);
  const auto found =
      std::find_if(first, last, [](const auto& one) { return !one.second->forgotten; });
  return found == last ? nullptr : found->second;
}

TokenTable::Work TokenTable::begin_work() {
  {
    base::MutexLock lock(mutex_);
    if (ending_ || stopped_) return nullptr;
    ++working_;
  }
  return {this, [table = shared_from_this()](void*) { table->end_work(); }};
}

void TokenTable::end_work() {
  base::MutexLock lock(mutex_);
  if (--working_ == 0) idle_.notify_all();
}

bool TokenTable::drain(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  base::MutexLock lock(mutex_);
  ending_ = true;
  while (working_ > 0 && idle_.wait_until(mutex_, until)) continue;
  return working_ == 0;
}

void TokenTable::stop() {
  std::vector<Waiter> waiters;
  store_.stop();
  {
    base::MutexLock lock(mutex_);
    stopped_ = true;
    for (auto& [id, flying] : std::exchange(flying_, {})) {
      std::move(flying->waiters.begin(), flying->waiters.end(), std::back_inserter(waiters));
      flying->waiters.clear();
    }
  }
  for (Waiter& waiter : waiters) waiter.done(failed("the host is ending"));
}

void TokenTable::forget(std::string_view tenant, std::string_view key_prefix) {
  const std::string prefix = id_prefix(tenant, key_prefix);
  base::MutexLock lock(mutex_);
  for (auto at = known_.lower_bound(prefix); at != known_.end() && at->first.starts_with(prefix);) {
    used_.erase(at->second.used);
    at = known_.erase(at);
  }
  for (auto at = flying_.lower_bound(prefix); at != flying_.end() && at->first.starts_with(prefix);
       ++at) {
    at->second->forgotten = true;
  }
}

RemovedMark TokenTable::mark(const std::string& tenant, const std::string& extension) {
  base::MutexLock lock(mutex_);
  if (marks_.size() >= tidy_at_) {
    std::erase_if(marks_, [](const auto& one) { return one.second.expired(); });
    tidy_at_ = std::max<std::size_t>(64, 2 * marks_.size());
  }
  std::weak_ptr<std::atomic<bool>>& known = marks_[id_prefix(tenant, extension)];
  auto out = known.lock();
  if (out == nullptr) known = out = std::make_shared<std::atomic<bool>>(false);
  return out;
}

void TokenTable::remove(const std::string& tenant, const std::string& extension) {
  base::MutexLock lock(mutex_);
  const auto found = marks_.find(id_prefix(tenant, extension));
  if (found == marks_.end()) return;
  if (const auto removed = found->second.lock()) *removed = true;
  marks_.erase(found);
}

bool TokenTable::must_renew(Flying& flying, std::string_view token) {
  base::MutexLock lock(mutex_);
  bool refused = false;
  for (Waiter& waiter : flying.waiters) {
    waiter.heard = waiter.heard || waiter.refused == token;
    refused = refused || waiter.refused == token;
  }
  return refused;
}

bool TokenTable::is_forgotten(const Flying& flying) {
  base::MutexLock lock(mutex_);
  return flying.forgotten;
}

TokenTable::Record TokenTable::known(const TokenUse& use) {
  base::MutexLock lock(mutex_);
  const auto known = known_.find(use.id());
  return known == known_.end() ? nullptr : known->second.record;
}

TokenTable::Known& TokenTable::touch(const std::string& id) {
  const auto [at, is_new] = known_.try_emplace(id);
  if (is_new) {
    used_.push_front(id);
    at->second.used = used_.begin();
  } else {
    used_.splice(used_.begin(), used_, at->second.used);
  }
  while (known_.size() > std::max<std::size_t>(1, setup_.max_cached)) {
    known_.erase(used_.back());
    used_.pop_back();
  }
  return at->second;
}

void TokenTable::remember(const Flying& flying, const TokenUse& use, Record record) {
  base::MutexLock lock(mutex_);
  if (flying.forgotten) return;
  Known& known = touch(use.id());
  known.record = std::move(record);
  known.read_at = setup_.clock->now();
  known.rests_until = {};
}

void TokenTable::rest(const TokenUse& use, base::Nanoseconds time) {
  base::MutexLock lock(mutex_);
  touch(use.id()).rests_until = setup_.clock->now() + time;
}

void TokenTable::close(const TokenUse& use, base::Nanoseconds time) {
  base::MutexLock lock(mutex_);
  touch(use.id()).closed_until = setup_.clock->now() + time;
}

void TokenTable::finish(const FlyingPtr& flying, const TokenUse& use, Tokened result) {
  std::vector<Waiter> waiters;
  {
    base::MutexLock lock(mutex_);
    waiters = std::exchange(flying->waiters, {});
    const auto [first, last] = flying_.equal_range(use.id());
    const auto found =
        std::find_if(first, last, [&](const auto& one) { return one.second == flying; });
    if (found != last) flying_.erase(found);
  }
  const AccessToken* token = std::get_if<AccessToken>(&result);
  for (Waiter& waiter : waiters) {
    if (token == nullptr || waiter.refused != token->value) {
      waiter.done(result);
    } else if (waiter.heard) {
      waiter.done(failed("the provider granted the same token again, which was refused"));
    } else {
      join(use, std::move(waiter));
    }
  }
}

}  // namespace sublet::proxy
