// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/publisher.h"
#include "events/setup.h"
#include "policy/events/webhook_declaration.h"
#include "sublet/events.h"

namespace sublet::events {

// What the receiver of webhooks needs of the host. Thread-safe.
class WebhookPort {
 public:
  virtual ~WebhookPort() = default;
  // What an installed extension declares of a webhook; null: nothing of that name here.
  virtual std::shared_ptr<const policy::WebhookDeclaration> declaration(
      std::string_view tenant, std::string_view extension, std::string_view name) const = 0;
  // The value of one of its secret parameters; nullopt: it has none.
  virtual std::optional<std::string> secret(std::string_view tenant, std::string_view extension,
                                            std::string_view parameter) const = 0;
};

// Addresses for webhooks, and what comes to them: found, checked, published.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside the call, under
// no lock.
class Webhooks {
 public:
  // `base_url`: what an address is appended to; empty: tenant code gets kFailedPrecondition.
  static std::shared_ptr<Webhooks> create(const Setup& setup, std::shared_ptr<Publisher> publisher,
                                          const WebhookPort& port, std::string base_url);
  virtual ~Webhooks() = default;

  // The URL of an extension's webhook, made at the first call: 192 random bits. The same from then
  // on, until it is revoked. kNotFound: not declared.
  // Who reads the queue's records can read it there (see webhook_addresses.h).
  virtual void url(std::string tenant, std::string extension, std::string name,
                   EventCallback<std::string> done) noexcept = 0;
  // False: there was none. Answers of url() are new ones from then on.
  virtual void revoke(std::string tenant, std::string extension, std::string name,
                      EventCallback<bool> done) noexcept = 0;
  // An uninstall: all of the extension's.
  virtual void revoke_all(std::string tenant, std::string extension,
                          EventCallback<bool> done) noexcept = 0;

  // What the host's server is to answer: 202 where it is an event, also of one that came before;
  // 4xx where the same request never will be (404: unknown, 401: its signature, 413: too large,
  // 422: not what the host's schema asks for, 403: denied); 429 and 503, with Retry-After, where it
  // may be later. Nothing of it says why; WebhookResponse::reason does. An Error is a want of
  // memory.
  virtual void deliver(WebhookRequest request, EventCallback<WebhookResponse> done) noexcept = 0;
};

}  // namespace sublet::events
