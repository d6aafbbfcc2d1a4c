// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/dispatcher.h"
#include "engine/engine.h"
#include "host/code_cache_store.h"
#include "host/event_check.h"
#include "host/extension_registry.h"
#include "host/installer.h"
#include "host/observer_gate.h"
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

  Result<ExtensionInfo> install(std::string_view tenant, const Bundle& bundle);
  Result<void> uninstall(std::string_view tenant, std::string_view extension);
  Result<void> set_policy(std::string_view tenant, std::optional<TenantPolicy> policy);
  void shutdown();
  Result<void> submit(Event event, Completion completion, InvokeOptions options);

  const HostOptions& options() const { return options_; }
  const std::shared_ptr<KeyValueStore>& key_value_store() const { return key_value_store_; }
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
  host::Installer::Owner owner_of(std::string_view tenant) const;
  bool must_be_remembered(const host::TenantView& view) const;
  void quarantine(std::string_view tenant, const std::string& reason);
  void apply_policy(host::TenantView& view) const;

  const HostOptions options_;
  const std::shared_ptr<host::ObserverGate> observer_;
  std::shared_ptr<KeyValueStore> key_value_store_;
  std::shared_ptr<const TenantPolicy> default_policy_;
  std::shared_ptr<engine::Engine> engine_;
  std::shared_ptr<sandbox::SandboxEngine> sandbox_;
  std::shared_ptr<hostcall::FunctionRegistry> functions_;
  std::unique_ptr<host::CodeCacheStore> store_;
  std::unique_ptr<dispatch::Dispatcher> dispatcher_;
  std::unique_ptr<host::Installer> installer_;
  host::ExtensionRegistry registry_;
  host::EventIds event_ids_;
};

}  // namespace v1
}  // namespace sublet
