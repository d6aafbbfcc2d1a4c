// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_provider.h"
#include "policy/manifest.h"
#include "proxy/oauth/oauth.h"
#include "sublet/adapters/memory_key_value_store.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

namespace sublet::proxy {

using std::chrono::seconds;

// The provider "crm" as a manifest declares it.
struct Declared {
  std::string provider = R"("authorize_url": "https://id.example.com/authorize",
      "scopes": ["read", "write"], "revoke_url": "https://id.example.com/revoke")";
  std::string secret = "hush/hush +secret";
};

inline Declared client_credentials() {
  return {R"("flow": "client_credentials", "scopes": ["read"])"};
}

inline OAuthClient client_of(const Declared& declared) {
  const auto manifest = policy::parse_manifest(
      R"({"name": "sync", "version": "1.0.0", "handlers": {"e": true}, "parameters": {
          "key": {"secret": true}, "domain": {"type": "domain"}}, "oauth": {"crm": {
          "token_url": "https://<%= param.domain %>/token", "client_id": "id 1",
          "client_secret": "<%= secret.key %>", )" +
      declared.provider + "}}}");
  if (!manifest) FAIL(manifest.error().message);
  policy::ParameterValues values;
  values["key"] = {true, base::JsonKind::kString, declared.secret};
  values["domain"] = {false, base::JsonKind::kString, "id.example.com"};
  OAuthClient client;
  client.tenant = "acme";
  client.extension = "sync";
  client.providers = manifest->oauth;
  client.parameters = std::make_shared<const policy::ParameterValues>(std::move(values));
  client.access = std::make_shared<const RequestAccess>();
  return client;
}

// Time, a provider and a store, which several processes share.
struct World {
  World() = default;

  test::ManualClock clock;
  test::ManualTimerService timers{clock};
  FakeProvider provider;
  std::vector<std::string> told;  // every message that anybody got
  const base::TimePoint begun = clock.now();

  policy::WallTime calendar() const {
    return policy::WallTime(seconds(1'800'000'000)) +
           std::chrono::floor<seconds>(clock.now() - begun);
  }
  std::shared_ptr<KeyValueStore> store = std::make_shared<MemoryKeyValueStore>([this] {
    return KeyValueTime(std::chrono::milliseconds(1'800'000'000'000) +
                        std::chrono::floor<std::chrono::milliseconds>(clock.now() - begun));
  });

  OAuthSetup setup() {
    OAuthSetup out;
    out.store = store;
    out.send = [this](std::shared_ptr<const RequestAccess>, RequestCall call, AnswerCallback done) {
      return provider.send(std::move(call), std::move(done));
    };
    out.timers = &timers;
    out.clock = &clock;
    out.calendar = [this] { return calendar(); };
    out.random = [this](std::span<std::uint8_t> bytes) {
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(++random_ * 37);
      return true;
    };
    out.fault = [this](std::string_view, std::string_view what) { told.emplace_back(what); };
    return out;
  }

  // No message has anything of what is secret.
  void check_nothing_told(const std::string& client_secret) const {
    std::vector<std::string> secrets = provider.secrets();
    secrets.push_back(client_secret);
    for (const std::string& message : told) {
      CAPTURE(message);
      for (const std::string& secret : secrets) {
        CHECK(message.find(secret) == std::string::npos);
      }
    }
  }

  // What is kept under a key that begins so; "" where nothing is.
  std::string entry(const std::string& tenant, const std::string& space,
                    const std::string& prefix) const {
    std::string out;
    KeyValueList list;
    list.tenant = tenant;
    list.space = space;
    list.prefix = prefix;
    store->list(list, [&](Result<KeyValuePage> page) {
      for (const KeyValueEntry& entry : page->entries) out += entry.key + "=" + entry.value.data;
    });
    return out;
  }

 private:
  std::uint64_t random_ = 0;
};

// One process: what it got is kept as text, "token" or "code: ...".
class Process {
 public:
  explicit Process(World& world, const Declared& declared = {})
      : Process(world, declared, world.setup()) {}
  Process(World& world, const Declared& declared, OAuthSetup setup)
      : world_(world),
        client(client_of(declared)),
        oauth(OAuth::create(std::move(setup))),
        tokens(oauth->tokens_for(client)) {}

  std::string get(const std::string& user = "") {
    return kept([&](TokenCallback done) { tokens->get("crm", user, std::move(done)); });
  }
  std::string renew(const std::string& refused, const std::string& user = "") {
    return kept([&](TokenCallback done) { tokens->renew("crm", user, refused, std::move(done)); });
  }
  // Grants access as a user would.
  std::string authorize(const std::string& user = "") {
    const auto start = begin(user);
    if (!start) return start.error().message;
    return complete({start->state, world_.provider.agree(start->url), "", ""});
  }
  Result<AuthorizationStart> begin(const std::string& user = "",
                                   const std::string& redirect = "https://host.example.com/back") {
    Result<AuthorizationStart> out = Error{ErrorCode::kInternal, "no answer"};
    oauth->begin(client, of(user), redirect, [&](Result<AuthorizationStart> start) {
      if (!start) world_.told.push_back(start.error().message);
      out = std::move(start);
    });
    return out;
  }
  std::string complete(const AuthorizationCallback& callback) {
    std::string out = "no answer";
    const auto find = [this](const std::string& tenant, const std::string& extension) {
      const bool is_it = tenant == "acme" && extension == "sync" && installed;
      return is_it ? std::optional<OAuthClient>(client) : std::nullopt;
    };
    oauth->complete(callback, find, [&](Result<AuthorizationOf> of) {
      out = of ? "authorized " + of->provider + " " + of->user : told(of.error());
    });
    return out;
  }
  std::string revoke(const std::string& user = "") {
    std::string out = "no answer";
    oauth->revoke(client, of(user),
                  [&](Result<void> done) { out = done ? "revoked" : told(done.error()); });
    return out;
  }
  Result<AuthorizationStatus> status(const std::string& user = "") {
    Result<AuthorizationStatus> out = Error{ErrorCode::kInternal, "no answer"};
    oauth->status(client, of(user), [&](Result<AuthorizationStatus> status) { out = status; });
    return out;
  }
  AuthorizationOf of(const std::string& user) const { return {"acme", "sync", "crm", user}; }
  std::string told(const Error& error) {
    world_.told.push_back(error.message);
    return std::string(to_string(error.code)) + ": " + error.message;
  }
  std::string text(const Tokened& tokened) {
    if (const auto* token = std::get_if<AccessToken>(&tokened)) return token->value;
    const auto& error = std::get<RequestError>(tokened);
    world_.told.push_back(error.message);
    return error.code + ": " + error.message;
  }

  bool installed = true;

 private:
  World& world_;

 public:
  OAuthClient client;
  std::shared_ptr<OAuth> oauth;
  std::shared_ptr<TokenSource> tokens;

 private:
  template <typename Ask>
  std::string kept(Ask ask) {
    // Shared: the answer may come when this call is over.
    auto out = std::make_shared<std::string>("no answer");
    ask([this, out](const Tokened& tokened) { *out = text(tokened); });
    return *out;
  }
};

}  // namespace sublet::proxy
