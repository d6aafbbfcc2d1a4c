// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/once.h"
#include "events/webhook_addresses.h"
#include "events/webhook_rates.h"
#include "events/webhooks.h"
#include "policy/http_fields.h"

namespace sublet::events {

// What requests to addresses share. Thread-safe.
struct WebhookParts {
  WebhookParts(const Setup& of, std::shared_ptr<Publisher> to, const WebhookPort& from)
      : setup(of),
        publisher(std::move(to)),
        port(from),
        addresses(std::make_shared<WebhookAddresses>(of.queue, *of.clock)),
        rates(*of.clock) {}

  const Setup setup;
  const std::shared_ptr<Publisher> publisher;
  const WebhookPort& port;
  const std::shared_ptr<WebhookAddresses> addresses;
  WebhookRates rates;
};

// One request on its way to being an event.
//
// Ownership: shared by the answers it waits for. It does not keep the parts: where they have gone,
// nothing is published.
// Thread safety: none needed; one step at a time.
class WebhookDelivery : public std::enable_shared_from_this<WebhookDelivery> {
 public:
  WebhookDelivery(const std::shared_ptr<WebhookParts>& parts, WebhookRequest request,
                  Once<WebhookResponse> done);

  void start();

 private:
  void found(const std::optional<WebhookOwner>& owner);
  // What it is refused for; nullopt: it may go on.
  std::optional<WebhookResponse> refusal(WebhookParts& parts, const TenantPolicy& policy);
  std::optional<WebhookResponse> check_signature(const WebhookParts& parts);
  void publish(const WebhookParts& parts, const TenantPolicy& policy);
  std::string idempotency_key() const;
  void answer(WebhookResponse response) { done_(std::move(response)); }

  const std::weak_ptr<WebhookParts> parts_;
  WebhookRequest request_;
  policy::HttpFields headers_;
  const Once<WebhookResponse> done_;
  WebhookOwner owner_;
  std::shared_ptr<const policy::WebhookDeclaration> declared_;
  std::string signed_key_;  // SignatureCheck::key
};

}  // namespace sublet::events
