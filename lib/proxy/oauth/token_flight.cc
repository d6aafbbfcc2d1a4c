// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_flight.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "policy/names.h"
#include "proxy/codes.h"
#include "proxy/oauth/provider_end.h"
#include "proxy/oauth/secret_text.h"
#include "proxy/oauth/token_call.h"

namespace sublet::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// After the longest request there is time to write what it brought.
constexpr milliseconds kTimeToSave = seconds(15);
// Of that, what may be gone when the provider is asked.
constexpr milliseconds kTimeToLook = seconds(5);
constexpr base::Nanoseconds kLongestPause = seconds(1);
// How long a provider that is disturbed is left alone where a token will do for now.
constexpr base::Nanoseconds kProviderPause = seconds(5);
constexpr base::Nanoseconds kLongestProviderPause = seconds(60);
constexpr std::size_t kRandomBytes = 16;

std::string_view message_of(ErrorCode code) {
  return code == ErrorCode::kUnavailable ? "the store of tokens has no answer"
                                         : "the store of tokens failed";
}

// The grant was revoked or removed while the provider was asked; it gave a token after that. Where
// there is another grant, that may be one and the same to the provider, and stays.
void end_late(const std::shared_ptr<TokenTable>& table, const TokenUse& use,
              const StoredToken& stored, const TokenRecord& mine, const TokenTable::Work& work) {
  const auto& there = stored.record;
  // An older one is what a revocation is about to remove.
  const bool is_older = there && there->grant == mine.grant && there->generation < mine.generation;
  const bool is_late = stored.version == 0 || is_older;
  if (is_late && !use.provider->client_credentials) end_late_tokens(table, use, mine, work);
}

}  // namespace

TokenFlight::TokenFlight(std::shared_ptr<TokenTable> table, TokenUse use,
                         TokenTable::FlyingPtr flying)
    : table_(std::move(table)),
      use_(std::move(use)),
      flying_(std::move(flying)),
      lease_time_(use_.client->access->limits.request_time + kTimeToSave),
      give_up_at_(table_->setup().clock->now() + 2 * lease_time_) {}

TokenFlight::~TokenFlight() {
  if (!finished_) fall_back("the host is ending", std::nullopt);
}

void TokenFlight::start() { read(); }

void TokenFlight::read() {
  table_->store().read(use_.place, [self = shared_from_this()](Result<StoredToken> stored) {
    const Record known = self->table_->known(self->use_);
    if (!stored) {
      self->base_ = {};
      if (known) self->base_.record = *known;
      return self->fall_back(std::string(message_of(stored.error().code)), seconds(1));
    }
    self->base_ = *std::move(stored);
    // What could not be saved yet.
    const auto& there = self->base_.record;
    if (known && there && known->grant == there->grant && known->generation > there->generation) {
      self->base_.record = *known;
    }
    self->decide();
  });
}

const TokenRecord* TokenFlight::record() const {
  const bool is_ours = base_.record && base_.record->binding == use_.provider->binding;
  return is_ours ? &*base_.record : nullptr;
}

bool TokenFlight::can_ask() const {
  const TokenRecord* there = record();
  return use_.provider->client_credentials || (there != nullptr && !there->refresh_token.empty());
}

void TokenFlight::decide() {
  const TokenRecord* there = record();
  const bool will_do = there != nullptr && there->is_valid(table_->now()) &&
                       !table_->must_renew(*flying_, there->access_token);
  if (will_do && (there->is_fresh(table_->now()) || !can_ask())) {
    return found(std::make_shared<const TokenRecord>(*there));
  }
  if (!can_ask()) return not_authorized();
  if (!lease_) return acquire();
  const bool in_time = table_->setup().clock->now() - asked_for_lease_ <= kTimeToLook;
  in_time ? ask_provider() : renew_lease();
}

// It may end, and somebody else use the same refresh token, before what this one brings is kept.
void TokenFlight::renew_lease() {
  if (table_->setup().clock->now() >= give_up_at_) {
    return fall_back("the store of tokens is too slow", seconds(1));
  }
  release_lease(table_->store(), *std::exchange(lease_, std::nullopt));
  acquire();
}

void TokenFlight::acquire() {
  auto holder = random_text(table_->setup().random, kRandomBytes);
  if (!holder) return fall_back("there is no randomness", seconds(1));
  asked_for_lease_ = table_->setup().clock->now();
  acquire_lease(table_->store(), use_.place, *std::move(holder), lease_time_,
                [self = shared_from_this()](Result<std::optional<TokenLease>> lease) {
                  if (!lease) {
                    const auto why = message_of(lease.error().code);
                    return self->fall_back(std::string(why), seconds(1));
                  }
                  if (!*lease) return self->wait();
                  self->lease_ = *std::move(lease);
                  // Who had it before may have left a token.
                  self->read();
                });
}

void TokenFlight::wait() {
  if (table_->setup().clock->now() >= give_up_at_) {
    return fall_back("another process is asking the provider for it", seconds(1));
  }
  const base::Nanoseconds pause = pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
  // Where the timers have stopped, the flight ends with its last owner.
  (void)table_->store().later(pause, [self = shared_from_this()] { self->read(); });
}

void TokenFlight::ask_provider() {
  work_ = table_->begin_work();
  if (work_ == nullptr) return fall_back("the host is ending", std::nullopt);
  const OAuthProvider& provider = *use_.provider;
  FormFields grant = provider.client_credentials ? client_grant(provider)
                                                 : refresh_grant(base_.record->refresh_token);
  table_->setup().send(use_.client->access, token_call(provider, std::move(grant)),
                       [self = shared_from_this()](const RequestAnswer& answer) {
                         self->answered(read_token_answer(answer, self->table_->now()));
                       });
}

void TokenFlight::answered(const TokenAnswer& answer) {
  if (const auto* granted = std::get_if<GrantedToken>(&answer)) {
    const auto mine = made_of(*granted);
    if (!mine) return fall_back(mine.error().message, std::nullopt);
    return save(*mine);
  }
  const TokenRefusal& refusal = std::get<TokenRefusal>(answer);
  const bool is_lost = refusal.kind == TokenRefusal::Kind::kInvalidGrant;
  if (is_lost && !use_.provider->client_credentials) return grant_is_lost();
  std::optional<base::Nanoseconds> retry_after;
  if (refusal.kind == TokenRefusal::Kind::kLater) retry_after = seconds(1);
  if (refusal.retry_after) {
    retry_after = *refusal.retry_after;
    table_->close(use_, std::min(*retry_after, kLongestProviderPause));
  }
  fall_back("the provider " + refusal.why, retry_after);
}

Result<TokenFlight::Record> TokenFlight::made_of(const GrantedToken& granted) const {
  auto made = std::make_shared<TokenRecord>();
  if (const TokenRecord* before = record()) {
    *made = *before;
  } else {
    auto grant = random_text(table_->setup().random, kRandomBytes);
    if (!grant) return Error{ErrorCode::kInternal, "there is no randomness"};
    made->grant = *std::move(grant);
    made->binding = use_.provider->binding;
  }
  ++made->generation;
  made->access_token = granted.access_token;
  if (!granted.refresh_token.empty()) made->refresh_token = granted.refresh_token;
  if (use_.provider->client_credentials) wipe_text(made->refresh_token);
  if (granted.scopes) made->scopes = *granted.scopes;
  made->issued_at = table_->now();
  made->expires_at.reset();
  if (granted.expires_in) made->expires_at = made->issued_at + *granted.expires_in;
  return Record(std::move(made));
}

TokenDecision TokenFlight::saving(const Record& mine) const {
  const auto put = [mine] { return TokenChange{TokenChange::Kind::kPut, *mine}; };
  return [put, mine, table = table_, flying = flying_, use = use_,
          had_entry = base_.version != 0](const StoredToken& current) -> TokenChange {
    // What was revoked or removed meanwhile stays so.
    if (table->is_forgotten(*flying)) return {};
    const bool is_gone = use.is_removed() || (current.version == 0 && had_entry);
    if (!current.record) return is_gone ? TokenChange{} : put();
    if (current.record->grant == mine->grant) {
      return current.record->generation < mine->generation ? put() : TokenChange{};
    }
    const bool of_other_client = current.record->binding != mine->binding;
    return use.provider->client_credentials && of_other_client ? put() : TokenChange{};
  };
}

void TokenFlight::save(const Record& mine) {
  table_->store().update(
      use_.place, saving(mine), kUsualPatience,
      [self = shared_from_this(), mine](Result<StoredToken> stored) { self->saved(stored, mine); });
}

void TokenFlight::saved(const Result<StoredToken>& stored, const Record& mine) {
  if (!stored) {
    save_later(mine);
    return found(mine);
  }
  const bool is_mine = is_still(*stored, *mine);
  // The end may have come between the look and the entry.
  if (is_mine && base_.version == 0 && (use_.is_removed() || table_->is_forgotten(*flying_))) {
    table_->store().update(use_.place, taking_back(*mine), kLongPatience, nullptr);
  }
  if (is_mine) return found(mine);
  base_ = *stored;
  end_late(table_, use_, *stored, *mine, work_);
  const TokenRecord* other = record();
  if (other != nullptr && other->is_valid(table_->now()) &&
      !table_->must_renew(*flying_, other->access_token)) {
    return found(std::make_shared<const TokenRecord>(*other));
  }
  if (use_.provider->client_credentials) return finish(AccessToken{mine->access_token});
  not_authorized();
}

// The refresh token that it came from may be good for nothing any more: it must get there. Nobody
// waits for that.
void TokenFlight::save_later(const Record& mine) {
  table_->fault("a new token could not be saved yet; trying again");
  const auto release = [table = table_, use = use_, mine, lease = lease_,
                        work = work_](const Result<StoredToken>& stored) {
    if (!stored) {
      table->fault("a new token could not be saved");
    } else {
      end_late(table, use, *stored, *mine, work);
    }
    if (lease) release_lease(table->store(), *lease);
  };
  lease_.reset();
  table_->store().update(use_.place, saving(mine), kLongPatience, release);
}

void TokenFlight::grant_is_lost() {
  const auto forgetting = [before = *base_.record](const StoredToken& current) -> TokenChange {
    const bool is_same = current.record && current.record->grant == before.grant &&
                         current.record->generation == before.generation;
    const bool has_secret =
        is_same && !(current.record->refresh_token.empty() && current.record->access_token.empty());
    if (!has_secret) return {};
    TokenRecord empty = *current.record;
    wipe_text(empty.access_token);
    wipe_text(empty.refresh_token);
    return {TokenChange::Kind::kPut, std::move(empty)};
  };
  const auto forgotten = [self = shared_from_this()](Result<StoredToken> stored) {
    if (!stored) return self->not_authorized();
    self->base_ = *std::move(stored);
    const TokenRecord* there = self->record();
    const bool will_do = there != nullptr && there->is_valid(self->table_->now()) &&
                         !self->table_->must_renew(*self->flying_, there->access_token);
    if (will_do) return self->found(std::make_shared<const TokenRecord>(*there));
    self->not_authorized();
  };
  table_->store().update(use_.place, forgetting, kUsualPatience, forgotten);
}

void TokenFlight::found(const Record& found) {
  table_->remember(*flying_, use_, found);
  finish(AccessToken{found->access_token});
}

void TokenFlight::not_authorized() {
  table_->remember(*flying_, use_, nullptr);
  finish(RequestError{std::string(codes::kNotAuthorized),
                      fmt::format("{} has not been authorized, or is so no longer",
                                  policy::in_quotes(use_.provider->name))});
}

void TokenFlight::fall_back(const std::string& why, std::optional<base::Nanoseconds> retry_after) {
  const TokenRecord* there = record();
  if (there != nullptr && there->is_valid(table_->now()) &&
      !table_->must_renew(*flying_, there->access_token)) {
    table_->remember(*flying_, use_, std::make_shared<const TokenRecord>(*there));
    table_->rest(use_, std::clamp(retry_after.value_or(kProviderPause), kProviderPause,
                                  kLongestProviderPause));
    return finish(AccessToken{there->access_token});
  }
  finish(RequestError{
      std::string(codes::kTokenFailed),
      fmt::format("no access token of {}: {}", policy::in_quotes(use_.provider->name), why),
      retry_after});
}

void TokenFlight::finish(Tokened result) {
  finished_ = true;
  if (lease_) release_lease(table_->store(), *std::exchange(lease_, std::nullopt));
  table_->finish(flying_, use_, std::move(result));
  work_.reset();
}

}  // namespace sublet::proxy
