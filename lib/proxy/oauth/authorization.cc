// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/authorization.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "policy/egress/address_kind.h"
#include "policy/egress/url.h"
#include "policy/names.h"
#include "proxy/oauth/pending_grant.h"
#include "proxy/oauth/provider_end.h"
#include "proxy/oauth/secret_text.h"
#include "proxy/oauth/token_answer.h"
#include "proxy/oauth/token_call.h"
#include "proxy/oauth/token_use.h"

namespace sublet::proxy {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kMaxRedirectUri = 2048;
constexpr std::size_t kMaxState = 256;
constexpr std::size_t kMaxCode = 8192;

bool is_loopback(const policy::Target& target) {
  if (!target.address) return target.host == "localhost";
  return policy::classify(*target.address) == policy::AddressKind::kLoopback;
}

Result<void> check_redirect_uri(const std::string& uri) {
  const auto parsed = policy::parse_url(uri, kMaxRedirectUri);
  const bool is_url = parsed && parsed->objection.empty() && uri.find('#') == std::string::npos;
  if (is_url && (parsed->target.scheme == "https" || is_loopback(parsed->target))) return {};
  return Error{ErrorCode::kInvalidArgument,
               "redirect_uri must be an absolute URL of https, or of http on this machine, without "
               "a fragment"};
}

// What is left to do after the state was taken.
struct Exchange {
  std::shared_ptr<TokenTable> table;
  TokenUse use;
  AuthorizationOf of;
  FindOAuthClient find;
  Once<AuthorizationOf>::Ptr done;
  TokenTable::Work work;
};

Error not_installed(const AuthorizationOf& of) {
  return {ErrorCode::kNotFound,
          fmt::format("{} is not installed any more", policy::in_quotes(of.extension))};
}

// As it was when the code came.
bool is_installed(const Exchange& exchange) {
  return !exchange.use.is_removed() && exchange.find(exchange.of.tenant, exchange.of.extension);
}

Error refused(const Exchange& exchange, const TokenRefusal& refusal) {
  const bool later = refusal.kind == TokenRefusal::Kind::kLater;
  return {later ? ErrorCode::kUnavailable : ErrorCode::kFailedPrecondition,
          fmt::format("the provider {} {}", policy::in_quotes(exchange.of.provider), refusal.why)};
}

std::optional<TokenRecord> record_of(const Exchange& exchange, const GrantedToken& granted) {
  auto grant = random_text(exchange.table->setup().random, kRandomBytes);
  if (!grant) return std::nullopt;
  TokenRecord out;
  out.grant = *std::move(grant);
  out.binding = exchange.use.provider->binding;
  out.access_token = granted.access_token;
  out.refresh_token = granted.refresh_token;
  out.scopes = granted.scopes.value_or(std::vector<std::string>());
  out.issued_at = exchange.table->now();
  if (granted.expires_in) out.expires_at = out.issued_at + *granted.expires_in;
  return out;
}

// The extension may have been removed between the look and the entry.
void saved(const Exchange& exchange, const TokenRecord& made, const Result<StoredToken>& stored) {
  exchange.table->forget(exchange.use.place.tenant, exchange.use.place.key + '\0');
  if (!stored) {
    return exchange.done->answer(
        Error{stored.error().code, "the grant could not be stored; begin again"});
  }
  const bool is_there = stored->record && stored->record->grant == made.grant;
  const bool is_good = is_there && is_installed(exchange);
  if (is_good) return exchange.done->answer(exchange.of);
  const auto gone = [exchange, made](const Result<StoredToken>& left) {
    if (left && left->version == 0)
      end_late_tokens(exchange.table, exchange.use, made, exchange.work);
    exchange.done->answer(not_installed(exchange.of));
  };
  if (!is_there) return gone(*stored);
  exchange.table->store().update(exchange.use.place, taking_back(*stored->record), kUsualPatience,
                                 gone);
}

// What a user has just granted takes the place of whatever is there.
void save(const Exchange& exchange, const TokenRecord& made) {
  const auto decision = [exchange, made](const StoredToken& current) -> TokenChange {
    if (current.record && current.record->grant == made.grant) return {};
    if (!is_installed(exchange)) return {};
    TokenRecord next = made;
    next.generation = current.record ? current.record->generation + 1 : 1;
    return {TokenChange::Kind::kPut, std::move(next)};
  };
  exchange.table->store().update(
      exchange.use.place, decision, kUsualPatience,
      [exchange, made](const Result<StoredToken>& stored) { saved(exchange, made, stored); });
}

void answered(const Exchange& exchange, const RequestAnswer& answer) {
  const TokenAnswer read = read_token_answer(answer, exchange.table->now());
  if (const auto* refusal = std::get_if<TokenRefusal>(&read)) {
    return exchange.done->answer(refused(exchange, *refusal));
  }
  const auto record = record_of(exchange, std::get<GrantedToken>(read));
  if (record) return save(exchange, *record);
  exchange.done->answer(Error{ErrorCode::kInternal, "there is no randomness"});
}

// The use of what was begun, as long as nothing of it has changed.
Result<TokenUse> use_now(TokenTable& table, const PendingGrant& grant,
                         const FindOAuthClient& find) {
  // First, so that no removal is missed.
  RemovedMark removed = table.mark(grant.of.tenant, grant.of.extension);
  auto client = find ? find(grant.of.tenant, grant.of.extension) : std::nullopt;
  if (!client) return not_installed(grant.of);
  auto use = use_of(std::make_shared<const OAuthClient>(*std::move(client)), grant.of);
  if (use && use->provider->binding != grant.binding) {
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("the provider {} has other parameters now; begin again",
                             policy::in_quotes(grant.of.provider))};
  }
  if (use) use->removed = std::move(removed);
  return use;
}

void exchange_code(const std::shared_ptr<TokenTable>& table, const AuthorizationCallback& callback,
                   const FindOAuthClient& find, const PendingGrant& grant,
                   const Once<AuthorizationOf>::Ptr& done, const TokenTable::Work& work) {
  if (!callback.error.empty()) {
    return done->answer(
        Error{ErrorCode::kFailedPrecondition,
              fmt::format("the provider {} said {}", policy::in_quotes(grant.of.provider),
                          shown_error(callback.error))});
  }
  if (callback.code.empty() || callback.code.size() > kMaxCode) {
    return done->answer(Error{ErrorCode::kInvalidArgument, "code is missing, or too long"});
  }
  auto use = use_now(*table, grant, find);
  if (!use) return done->answer(use.error());
  const Exchange exchange{table, *use, grant.of, find, done, work};
  RequestCall call =
      token_call(*use->provider, code_grant(callback.code, grant.verifier, grant.redirect_uri));
  table->setup().send(use->client->access, std::move(call),
                      [exchange](const RequestAnswer& answer) { answered(exchange, answer); });
}

}  // namespace

void begin_authorization(const TokenTable& table, const OAuthClient& client,
                         const AuthorizationOf& of, const std::string& redirect_uri,
                         Once<AuthorizationStart>::Ptr done) {
  const auto use = use_of(std::make_shared<const OAuthClient>(client), of);
  if (!use) return done->answer(use.error());
  if (use->provider->client_credentials) {
    return done->answer(Error{ErrorCode::kFailedPrecondition,
                              fmt::format("{} needs nobody's authorization: its flow is "
                                          "\"client_credentials\"",
                                          policy::in_quotes(of.provider))});
  }
  if (const auto checked = check_redirect_uri(redirect_uri); !checked) {
    return done->answer(checked.error());
  }
  const auto state = random_text(table.setup().random, kRandomBytes);
  const auto verifier = random_text(table.setup().random, kRandomBytes);
  if (!state || !verifier) {
    return done->answer(Error{ErrorCode::kInternal, "there is no randomness"});
  }
  AuthorizationStart start{authorize_url(*use->provider, *state, *verifier, redirect_uri), *state};
  const PendingGrant grant{of, *verifier, redirect_uri, use->provider->binding};
  const auto saved = [done, start = std::move(start)](const Result<void>& result) {
    if (!result) return done->answer(result.error());
    done->answer(start);
  };
  save_pending(table.store().store(), *state, grant, Once<void>::make(saved));
}

void complete_authorization(const std::shared_ptr<TokenTable>& table,
                            const AuthorizationCallback& callback, const FindOAuthClient& find,
                            Once<AuthorizationOf>::Ptr done) {
  if (callback.state.empty() || callback.state.size() > kMaxState) {
    return done->answer(Error{ErrorCode::kNotFound, "the state is none"});
  }
  const TokenTable::Work work = table->begin_work();
  if (work == nullptr) {
    return done->answer(Error{ErrorCode::kUnavailable, "the host is ending"});
  }
  const auto taken = [table, callback, find, done, work](const Result<PendingGrant>& grant) {
    if (!grant) return done->answer(grant.error());
    exchange_code(table, callback, find, *grant, done, work);
  };
  take_pending(table->setup().store, callback.state, Once<PendingGrant>::make(taken));
}

}  // namespace sublet::proxy
