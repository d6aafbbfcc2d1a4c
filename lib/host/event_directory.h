// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  explicit EventDirectory(const ExtensionRegistry& registry) : registry_(registry) {}

  // From here on nothing is known of anybody. Waits for those who are inside.
  void close() { gate_.close(); }

  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override;
  std::vector<std::string> listeners(std::string_view tenant,
                                     std::string_view event) const override;
  std::optional<events::DeliveryRules> rules(const EventQueueName& queue) const override;

  std::shared_ptr<const policy::WebhookDeclaration> declaration(
      std::string_view tenant, std::string_view extension, std::string_view name) const override;
  std::optional<std::string> secret(std::string_view tenant, std::string_view extension,
                                    std::string_view parameter) const override;

 private:
  ExtensionRegistry::View find(std::string_view tenant) const;
  std::shared_ptr<const Installed> find(std::string_view tenant, std::string_view extension) const;

  const ExtensionRegistry& registry_;
  mutable UseGate gate_;
};

}  // namespace sublet::host
