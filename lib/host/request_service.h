// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/declared_requests.h"
#include "host/extension_registry.h"
#include "host/observer_gate.h"
#include "hostcall/request/extension_requests.h"
#include "policy/egress/address.h"
#include "proxy/oauth/oauth.h"
#include "proxy/request_proxy.h"
#include "proxy/vault/parameter_vault.h"
#include "runtime/uv_timer_thread.h"
#include "sublet/authorization.h"
#include "sublet/extension_host.h"

namespace sublet::host {

// The values of one extension's parameters, held against its manifest, and as they are to be kept.
struct GivenParameters {
  std::shared_ptr<const hostcall::InstalledValues> values;
  std::optional<std::string> to_store;  // nullopt: nothing changed
  std::uint64_t version = 0;            // of what they are laid over
};

// The request proxy of a host with what belongs to it: parameters and grants.
//
// Ownership: owns the proxy's timers; shares store, transport and resolver.
// Thread safety: thread-safe.
// Blocking: what names an extension waits for the store, and for the provider where it has to;
// every wait ends after 30 s. Not on a thread of Sublet's.
class RequestService {
 public:
  // kInvalidArgument, naming the option.
  static Result<std::unique_ptr<RequestService>> create(const HostOptions& options,
                                                        std::shared_ptr<KeyValueStore> store,
                                                        std::shared_ptr<ObserverGate> observer);
  ~RequestService();  // stop()

  // What an extension may request under a policy; null where its manifest asks for nothing.
  std::shared_ptr<const hostcall::ExtensionRequests> requests_of(const TenantView& view,
                                                                 const Installed& installed,
                                                                 const Limits& limits) const;

  // `given` laid over what is stored. kInvalidArgument: a message of all that is wrong with it.
  Result<GivenParameters> read_parameters(std::string_view tenant, std::string_view extension,
                                          const DeclaredRequests& declared,
                                          const std::optional<std::string>& given) const;
  // In place of what was read. False: somebody else has changed it meanwhile.
  Result<bool> store_parameters(std::string_view tenant, std::string_view extension,
                                const GivenParameters& given) const;
  // Erases parameters and grants: the extension is uninstalled.
  Result<void> forget(std::string_view tenant, std::string_view extension) const;
  void forget_tenant(std::string_view tenant) const { proxy_->forget(tenant); }

  // `client` by proxy::OAuth's rules: see oauth_client().
  Result<AuthorizationStart> begin(const proxy::OAuthClient& client, const AuthorizationOf& of,
                                   std::string_view redirect_uri) const;
  Result<AuthorizationOf> complete(const AuthorizationCallback& callback,
                                   const proxy::FindOAuthClient& find_client) const;
  Result<AuthorizationStatus> authorization(const proxy::OAuthClient& client,
                                            const AuthorizationOf& of) const;
  Result<void> revoke(const proxy::OAuthClient& client, const AuthorizationOf& of) const;
  // Of an extension that is active for the tenant.
  proxy::OAuthClient oauth_client(const TenantView& view, const Installed& installed) const;

  // Where parameters and tokens are encrypted; null where they are in memory.
  std::shared_ptr<EncryptedKeyValueStore> secret_store() const;

  // Cancels everything under way and takes nothing more. Idempotent.
  void stop();
  // In a forked child: threads of adapters are not here, so nothing of them is ended.
  void leave_to_parent() noexcept;

 private:
  RequestService() = default;

  using Fault = std::function<void(std::string_view where, std::string_view what)>;
  std::shared_ptr<proxy::SharedLimits> shared_limits(const std::shared_ptr<KeyValueStore>& store,
                                                     const Fault& fault) const;
  proxy::OAuthSetup oauth_setup(const Fault& fault) const;
  proxy::OAuthClient oauth_client(const Installed& installed,
                                  std::shared_ptr<const proxy::RequestAccess> access) const;
  std::shared_ptr<proxy::RequestAccess> access_of(const TenantView& view,
                                                  const Installed& installed,
                                                  const Limits& limits) const;

  std::shared_ptr<ObserverGate> observer_;
  std::shared_ptr<runtime::UvTimerThread> timers_;
  std::vector<policy::Endpoint> own_listeners_;
  std::shared_ptr<KeyValueStore> secrets_;
  std::shared_ptr<proxy::RequestProxy> proxy_;
  std::shared_ptr<proxy::OAuth> oauth_;
  std::shared_ptr<proxy::ParameterVault> vault_;
};

}  // namespace sublet::host
