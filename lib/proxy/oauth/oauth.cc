// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/oauth.h"

#include <map>
#include <utility>

#include "proxy/codes.h"
#include "proxy/oauth/authorization.h"
#include "proxy/oauth/once.h"
#include "proxy/oauth/provider.h"
#include "proxy/oauth/revocation.h"
#include "proxy/oauth/token_table.h"
#include "proxy/oauth/token_use.h"

namespace sublet::proxy {
namespace {

// The tokens of one extension.
//
// Ownership: shares the table; its providers are rendered once.
// Thread safety: immutable; the table is thread-safe.
class Tokens final : public TokenSource {
 public:
  Tokens(std::shared_ptr<TokenTable> table, std::shared_ptr<const OAuthClient> client)
      : table_(std::move(table)),
        client_(std::move(client)),
        removed_(table_->mark(client_->tenant, client_->extension)) {
    for (const policy::OAuthDeclaration& declared : client_->providers) {
      providers_.emplace(declared.name, render_provider(declared, *client_->parameters));
    }
  }

  void get(const std::string& provider, const std::string& user, TokenCallback done) override {
    ask(provider, user, std::nullopt, std::move(done));
  }
  void renew(const std::string& provider, const std::string& user, std::string_view refused,
             TokenCallback done) override {
    ask(provider, user, std::string(refused), std::move(done));
  }

 private:
  static void fail(const TokenCallback& done, std::string_view code, std::string message) {
    done(RequestError{std::string(code), std::move(message)});
  }

  void ask(const std::string& provider, const std::string& user, std::optional<std::string> refused,
           TokenCallback done) const {
    const auto found = providers_.find(provider);
    if (found == providers_.end()) {
      return fail(done, codes::kTokenFailed, "the manifest declares no such OAuth provider");
    }
    if (!found->second) return fail(done, codes::kTokenFailed, found->second.error().message);
    const bool of_user = (*found->second)->user_scope;
    if (of_user && user.empty()) {
      return fail(done, codes::kNotAuthorized, "the token is a user's, and no user is known here");
    }
    const std::string& scope = of_user ? user : kAccount;
    const auto place = token_place(client_->tenant, client_->extension, provider, scope);
    if (!place) return fail(done, codes::kNotAuthorized, place.error().message);
    table_->ask({client_, *found->second, *place, removed_}, std::move(refused), std::move(done));
  }

  inline static const std::string kAccount;
  const std::shared_ptr<TokenTable> table_;
  const std::shared_ptr<const OAuthClient> client_;
  const RemovedMark removed_;
  std::map<std::string, Result<std::shared_ptr<const OAuthProvider>>, std::less<>> providers_;
};

}  // namespace

class OAuth::Impl {
 public:
  explicit Impl(OAuthSetup setup) : table(std::make_shared<TokenTable>(std::move(setup))) {}
  const std::shared_ptr<TokenTable> table;
};

OAuth::OAuth(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OAuth::~OAuth() { stop(); }

std::shared_ptr<OAuth> OAuth::create(OAuthSetup setup) {
  return std::shared_ptr<OAuth>(new OAuth(std::make_unique<Impl>(std::move(setup))));
}

std::shared_ptr<TokenSource> OAuth::tokens_for(OAuthClient client) {
  return std::make_shared<Tokens>(impl_->table,
                                  std::make_shared<const OAuthClient>(std::move(client)));
}

void OAuth::begin(const OAuthClient& client, const AuthorizationOf& of,
                  const std::string& redirect_uri, OAuthCallback<AuthorizationStart> done) {
  begin_authorization(*impl_->table, client, of, redirect_uri,
                      Once<AuthorizationStart>::make(std::move(done)));
}

void OAuth::complete(const AuthorizationCallback& callback, const FindOAuthClient& find,
                     OAuthCallback<AuthorizationOf> done) {
  complete_authorization(impl_->table, callback, find,
                         Once<AuthorizationOf>::make(std::move(done)));
}

void OAuth::revoke(const OAuthClient& client, const AuthorizationOf& of, OAuthCallback<void> done) {
  revoke_grant(impl_->table, client, of, Once<void>::make(std::move(done)));
}

void OAuth::status(const OAuthClient& client, const AuthorizationOf& of,
                   OAuthCallback<AuthorizationStatus> done) {
  read_status(impl_->table, client, of, Once<AuthorizationStatus>::make(std::move(done)));
}

void OAuth::forget(const std::string& tenant, const std::string& extension,
                   OAuthCallback<void> done) {
  forget_extension(impl_->table, tenant, extension, Once<void>::make(std::move(done)));
}

void OAuth::drop(const std::string& tenant) { impl_->table->forget(tenant, ""); }

bool OAuth::finish(std::chrono::milliseconds patience) { return impl_->table->drain(patience); }

void OAuth::stop() { impl_->table->stop(); }

}  // namespace sublet::proxy
