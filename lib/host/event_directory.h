// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "events/ports.h"
#include "events/webhooks.h"
#include "host/extension_registry.h"
#include "host/use_gate.h"

namespace sublet::host {

// Tells durable events who listens, from the registry.
//
// Ownership: borrows the registry, until close().
// Thread safety: thread-safe.
class EventDirectory final : public events::Directory, public events::WebhookPort {
 public:
  // `quiet`: how long nothing was installed for a tenant before it counts as complete.
  EventDirectory(const ExtensionRegistry& registry, std::chrono::milliseconds quiet)
      : registry_(registry), quiet_(quiet) {}

  // An extension that is asked before it is installed may use what its manifest declares.
  void add_draft(std::shared_ptr<const Installed> draft) SUBLET_EXCLUDES(mutex_);
  void remove_draft(const Installed& draft) SUBLET_EXCLUDES(mutex_);

  // From here on nothing is known of anybody. Waits for those who are inside.
  void close() { gate_.close(); }

  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override;
  std::vector<std::string> listeners(std::string_view tenant,
                                     std::string_view event) const override;
  std::optional<events::DeliveryRules> rules(const EventQueueName& queue) const override;
  bool knows_listeners(std::string_view tenant) const override;

  std::shared_ptr<const policy::WebhookDeclaration> declaration(
      std::string_view tenant, std::string_view extension, std::string_view name) const override;
  std::optional<std::string> secret(std::string_view tenant, std::string_view extension,
                                    std::string_view parameter) const override;

 private:
  ExtensionRegistry::View find(std::string_view tenant) const;
  std::shared_ptr<const Installed> find(std::string_view tenant, std::string_view extension) const;

  std::shared_ptr<const Installed> find_draft(std::string_view tenant,
                                              std::string_view extension) const
      SUBLET_EXCLUDES(mutex_);

  const ExtensionRegistry& registry_;
  const std::chrono::milliseconds quiet_;
  mutable UseGate gate_;
  mutable base::Mutex mutex_;
  std::vector<std::shared_ptr<const Installed>> drafts_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::host
