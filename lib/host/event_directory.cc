// SPDX-License-Identifier: Apache-2.0
#include "host/event_directory.h"

#include <utility>

#include "base/clock.h"

namespace sublet::host {

ExtensionRegistry::View EventDirectory::find(std::string_view tenant) const {
  if (!gate_.enter()) return nullptr;
  ExtensionRegistry::View view = registry_.find(tenant);
  gate_.leave();
  return view;
}

std::shared_ptr<const Installed> EventDirectory::find(std::string_view tenant,
                                                      std::string_view extension) const {
  if (auto draft = find_draft(tenant, extension)) return draft;
  const ExtensionRegistry::View view = find(tenant);
  if (view == nullptr) return nullptr;
  const auto found = view->extensions.find(extension);
  return found == view->extensions.end() ? nullptr : found->second;
}

void EventDirectory::add_draft(std::shared_ptr<const Installed> draft) {
  const base::MutexLock lock(mutex_);
  drafts_.push_back(std::move(draft));
}

void EventDirectory::remove_draft(const Installed& draft) {
  const base::MutexLock lock(mutex_);
  std::erase_if(drafts_, [&](const auto& each) { return each.get() == &draft; });
}

std::shared_ptr<const Installed> EventDirectory::find_draft(std::string_view tenant,
                                                            std::string_view extension) const {
  const base::MutexLock lock(mutex_);
  for (const auto& draft : drafts_) {
    if (draft->info.tenant == tenant && draft->info.name == extension) return draft;
  }
  return nullptr;
}

// Of a tenant whose extensions come one after the other, as when a process starts, the first ones
// do not stand for all.
bool EventDirectory::knows_listeners(std::string_view tenant) const {
  const ExtensionRegistry::View view = find(tenant);
  return view != nullptr && !view->extensions.empty() &&
         base::system_clock().now() - view->installed_at >= quiet_;
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
