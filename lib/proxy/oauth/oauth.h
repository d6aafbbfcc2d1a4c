// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/timer_service.h"
#include "policy/http_date.h"
#include "policy/request/declaration.h"
#include "policy/request/parameters.h"
#include "proxy/oauth/secret_text.h"
#include "proxy/request_access.h"
#include "proxy/request_plan.h"
#include "proxy/token_source.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/authorization.h"
#include "sublet/result.h"

// OAuth 2 for extensions: tokens for their requests, grants for their users.
namespace sublet::proxy {

// One installed extension, as OAuth knows it. Made anew with each install and change of parameters.
struct OAuthClient {
  std::string tenant;
  std::string extension;
  std::vector<policy::OAuthDeclaration> providers;
  std::shared_ptr<const policy::ParameterValues> parameters;
  std::shared_ptr<const RequestAccess> access;  // for its own requests; without `tokens`
};

struct OAuthSetup {
  // Keeps tokens; encrypts them, unless it is in memory.
  std::shared_ptr<KeyValueStore> store;
  // RequestProxy::start().
  std::function<std::uint64_t(std::shared_ptr<const RequestAccess>, RequestCall, AnswerCallback)>
      send;
  base::TimerService* timers = nullptr;  // until stop()
  const base::Clock* clock = nullptr;    // outlives it and what is under way
  std::function<policy::WallTime()> calendar;
  RandomBytes random;
  // What the store does that it should not; may be empty.
  std::function<void(std::string_view where, std::string_view what)> fault;
  std::size_t max_cached = 10'000;  // tokens in memory
};

template <typename T>
using OAuthCallback = std::function<void(Result<T>)>;
using FindOAuthClient = std::function<std::optional<OAuthClient>(const std::string& tenant,
                                                                 const std::string& extension)>;

// Host-wide. Pending grants are in the store under a tenant of the host's own.
//
// Ownership: shared; token sources share it too.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside, under no lock.
class OAuth {
 public:
  static std::shared_ptr<OAuth> create(OAuthSetup setup);
  ~OAuth();
  OAuth(const OAuth&) = delete;
  OAuth& operator=(const OAuth&) = delete;

  std::shared_ptr<TokenSource> tokens_for(OAuthClient client);

  void begin(const OAuthClient& client, const AuthorizationOf& of, const std::string& redirect_uri,
             OAuthCallback<AuthorizationStart> done);
  // kNotFound: the state is unknown, used or too old. kFailedPrecondition: the provider, or its
  // user, said no. kUnavailable: the provider or the store cannot answer.
  void complete(const AuthorizationCallback& callback, const FindOAuthClient& find,
                OAuthCallback<AuthorizationOf> done);
  // Forgets the grant, then tells the provider where it declares a revoke_url. kUnavailable: the
  // provider did not confirm it; here it is forgotten.
  void revoke(const OAuthClient& client, const AuthorizationOf& of, OAuthCallback<void> done);
  void status(const OAuthClient& client, const AuthorizationOf& of,
              OAuthCallback<AuthorizationStatus> done);
  // All tokens of an extension that was removed.
  void forget(const std::string& tenant, const std::string& extension, OAuthCallback<void> done);
  // Of a tenant whose data was erased: what is in memory.
  void drop(const std::string& tenant);
  // Nobody is asked for a token any more; waits until what was asked for is kept, so that no
  // refresh token is lost that took the place of another. False: it took longer. Not for a thread
  // that answers come on.
  bool finish(std::chrono::milliseconds patience);
  // Whoever waits for a token gets kTokenFailed, and so does who asks later. No timer is set and no
  // fault reported any more.
  void stop();

 private:
  class Impl;
  explicit OAuth(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sublet::proxy
