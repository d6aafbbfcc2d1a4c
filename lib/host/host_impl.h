// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/event_ids.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "engine/engine.h"
#include "host/code_cache_store.h"
#include "host/event_check.h"
#include "host/event_service.h"
#include "host/extension_registry.h"
#include "host/host_events.h"
#include "host/installer.h"
#include "host/known_versions.h"
#include "host/lifecycle.h"
#include "host/observer_gate.h"
#include "host/request_service.h"
#include "host/use_gate.h"
#include "hostcall/function_registry.h"
#include "sandbox/sandbox_engine.h"
#include "sublet/extension_host.h"

namespace sublet {
inline namespace v1 {

// What an ExtensionHost is made of, and the operations that touch more than one part of it.
// Thread-safe after start().
class ExtensionHost::Impl {
 public:
  static Result<std::unique_ptr<Impl>> create(HostOptions options);
  ~Impl();

  Result<ExtensionInfo> install(std::string_view tenant, const Bundle& bundle,
                                const InstallOptions& options);
  Result<void> uninstall(std::string_view tenant, std::string_view extension, bool force);
  Result<void> set_policy(std::string_view tenant, std::optional<TenantPolicy> policy);
  Result<void> set_parameters(std::string_view tenant, std::string_view extension,
                              std::string_view json);
  Result<InstalledParameters> parameters(std::string_view tenant, std::string_view extension) const;
  Result<AuthorizationStart> begin_authorization(const AuthorizationOf& of,
                                                 std::string_view redirect_uri);
  Result<AuthorizationOf> complete_authorization(const AuthorizationCallback& callback);
  Result<AuthorizationStatus> authorization(const AuthorizationOf& of) const;
  Result<void> revoke_authorization(const AuthorizationOf& of);
  void shutdown();
  Result<void> submit(Event event, Completion completion, InvokeOptions options);
  Result<std::vector<PublishReceipt>> publish(std::vector<Publication> publications,
                                              std::string_view caller);
  Result<void> publish_async(std::vector<Publication> publications, PublishCallback done);
  Result<void> deliver_webhook(WebhookRequest request, std::function<void(WebhookResponse)> done);
  bool drain(std::chrono::milliseconds deadline);
  void accept_again();

  // Waiting is for the host's own threads.
  Result<void> may_wait(std::string_view caller) const;

  const HostOptions& options() const { return options_; }
  const std::shared_ptr<KeyValueStore>& key_value_store() const { return key_value_store_; }
  std::shared_ptr<EncryptedKeyValueStore> secret_store() const { return requests_->secret_store(); }
  HostEvents& events() { return *host_events_; }
  const std::shared_ptr<EventQueue>& event_queue() const { return events_->queue(); }
  host::ExtensionRegistry& registry() { return registry_; }
  hostcall::FunctionRegistry& functions() { return *functions_; }
  dispatch::Dispatcher& dispatcher() { return *dispatcher_; }

 private:
  using View = host::ExtensionRegistry::View;

  explicit Impl(HostOptions options)
      : options_(std::move(options)),
        observer_(std::make_shared<host::ObserverGate>(options_.observer)) {}
  Result<void> start();
  void start_sandbox();

  View new_view(std::string_view tenant, std::shared_ptr<const TenantPolicy> policy, bool own);
  std::shared_ptr<const TenantPolicy> policy_of(const View& view) const;
  std::shared_ptr<const host::Installed> activate(const host::TenantView& view,
                                                  const host::Installed& installed) const;
  std::shared_ptr<const runtime::ActiveExtension> for_events(
      const host::TenantView& view, const host::Installed& installed,
      const runtime::ActiveExtension& for_calls) const;
  host::Installer::Owner owner_of(std::string_view tenant) const;
  bool must_be_remembered(const host::TenantView& view) const;
  void quarantine(std::string_view tenant, const std::string& reason);
  void apply_policy(host::TenantView& view) const;
  Result<ExtensionInfo> activate_with(std::string_view tenant, host::Installed draft,
                                      const InstallOptions& options);
  ExtensionInfo make_active(std::string_view tenant, host::Installed draft);
  // The extension as it would be, so that it can be asked before it is.
  std::shared_ptr<const host::Installed> as_it_would_be(std::string_view tenant,
                                                        const host::Installed& draft);
  void forget_if_new(std::string_view tenant);
  Result<void> ask_for_install(std::string_view tenant, const host::Installed& draft);
  Result<void> ask_draft(std::string_view tenant, const host::Installed& draft,
                         const host::LifecycleEvent& event);
  Result<void> ask_for_uninstall(std::string_view tenant, std::string_view extension, bool force);
  Result<host::KnownVersion> version_before(std::string_view tenant,
                                            std::string_view extension) const;
  std::shared_ptr<const host::Installed> take_away(std::string_view tenant,
                                                   std::string_view extension);
  Result<std::shared_ptr<const hostcall::InstalledValues>> give_parameters(
      std::string_view tenant, std::string_view extension, const host::DeclaredRequests* declared,
      const std::optional<std::string>& json) const;
  // An installed extension, with the tenant's view it is in.
  struct Found {
    View view;
    std::shared_ptr<const host::Installed> installed;
  };
  Result<Found> find_installed(std::string_view tenant, std::string_view extension) const;
  Result<proxy::OAuthClient> oauth_client(const AuthorizationOf& of) const;
  // Held by whoever changes an extension that a tenant has, waiting for the store included.
  base::Mutex& changing(std::string_view tenant, std::string_view extension);

  const HostOptions options_;
  const std::shared_ptr<host::ObserverGate> observer_;
  std::shared_ptr<KeyValueStore> key_value_store_;
  std::unique_ptr<host::RequestService> requests_;
  std::unique_ptr<host::EventService> events_;
  std::unique_ptr<HostEvents> host_events_;
  const std::shared_ptr<host::UseGate> late_calls_ = std::make_shared<host::UseGate>();
  std::array<base::Mutex, 64> changing_;  // by tenant and extension
  std::shared_ptr<const TenantPolicy> default_policy_;
  std::shared_ptr<engine::Engine> engine_;
  std::shared_ptr<sandbox::SandboxEngine> sandbox_;
  std::shared_ptr<hostcall::FunctionRegistry> functions_;
  std::unique_ptr<host::CodeCacheStore> store_;
  std::unique_ptr<dispatch::Dispatcher> dispatcher_;
  std::unique_ptr<host::Installer> installer_;
  host::ExtensionRegistry registry_;
  base::EventIds event_ids_;
  std::atomic<bool> draining_{false};
};

}  // namespace v1
}  // namespace sublet
