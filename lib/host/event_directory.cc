// SPDX-License-Identifier: Apache-2.0
#include "host/event_directory.h"

#include "policy/names.h"

namespace sublet::host {

ExtensionRegistry::View EventDirectory::find(std::string_view tenant) const {
  if (!gate_.enter()) return nullptr;
  ExtensionRegistry::View view = registry_.find(tenant);
  gate_.leave();
  return view;
}

std::shared_ptr<const Installed> EventDirectory::find(std::string_view tenant,
                                                      std::string_view extension) const {
  const ExtensionRegistry::View view = find(tenant);
  if (view == nullptr) return nullptr;
  const auto found = view->extensions.find(extension);
  return found == view->extensions.end() ? nullptr : found->second;
}

std::shared_ptr<const TenantPolicy> EventDirectory::policy(std::string_view tenant) const {
  const ExtensionRegistry::View view = find(tenant);
  return view == nullptr ? nullptr : view->policy;
}

std::vector<std::string> EventDirectory::listeners(std::string_view tenant,
                                                   std::string_view event) const {
  std::vector<std::string> names;
  const ExtensionRegistry::View view = find(tenant);
  if (view == nullptr) return names;
  for (const auto& [name, installed] : view->extensions) {
    if (installed->handlers.contains(event)) names.push_back(name);
  }
  return names;
}

std::optional<events::DeliveryRules> EventDirectory::rules(const EventQueueName& queue) const {
  const auto installed = find(queue.tenant, queue.extension);
  if (installed == nullptr || !installed->handlers.contains(queue.event)) return std::nullopt;
  events::DeliveryRules rules;
  rules.delivery =
      policy::effective_delivery(installed->active->policy->events.delivery, installed->delivery);
  const auto batch = installed->delivery.batches.find(queue.event);
  if (batch != installed->delivery.batches.end()) {
    rules.batch = {batch->second.size, batch->second.window};
  }
  return rules;
}

std::shared_ptr<const policy::WebhookDeclaration> EventDirectory::declaration(
    std::string_view tenant, std::string_view extension, std::string_view name) const {
  const auto installed = find(tenant, extension);
  if (installed == nullptr) return nullptr;
  const auto found = installed->webhooks.find(name);
  return found == installed->webhooks.end() ? nullptr : found->second;
}

std::optional<std::string> EventDirectory::secret(std::string_view tenant,
                                                  std::string_view extension,
                                                  std::string_view parameter) const {
  const auto installed = find(tenant, extension);
  if (installed == nullptr || installed->parameters == nullptr) return std::nullopt;
  const auto& values = installed->parameters->values;
  const auto found = values.find(parameter);
  if (found == values.end()) return std::nullopt;
  return found->second.text;
}

}  // namespace sublet::host
