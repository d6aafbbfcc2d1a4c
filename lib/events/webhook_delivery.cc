// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_delivery.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "events/webhook_answers.h"
#include "events/webhook_payload.h"
#include "policy/events/webhook_signature.h"
#include "policy/events/webhook_target.h"

namespace sublet::events {
namespace {

constexpr std::chrono::seconds kLater{60};

policy::HttpFields take_headers(WebhookRequest& request) {
  policy::HttpFields headers;
  headers.reserve(request.headers.size());
  for (auto& [name, value] : request.headers) {
    headers.push_back({std::move(name), std::move(value)});
  }
  request.headers.clear();
  return headers;
}

WebhookResponse challenge_answer(std::string challenge) {
  WebhookResponse response = webhook_answer(200, "challenge");
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(challenge);
  return response;
}

}  // namespace

WebhookDelivery::WebhookDelivery(const std::shared_ptr<WebhookParts>& parts, WebhookRequest request,
                                 Once<WebhookResponse> done)
    : parts_(parts),
      request_(std::move(request)),
      headers_(take_headers(request_)),
      done_(std::move(done)) {}

void WebhookDelivery::start() {
  const auto parts = parts_.lock();
  if (parts == nullptr) return answer(webhook_answer(503, "unavailable", kLater));
  if (request_.method != "POST" && request_.method != "PUT") {
    WebhookResponse response = webhook_answer(405, "method");
    response.headers.emplace_back("Allow", "POST, PUT");
    return answer(std::move(response));
  }
  const std::string_view address = policy::webhook_address(request_.target);
  if (address.empty()) return answer(webhook_answer(404, "unknown_address"));
  parts->addresses->find(
      address, done_.guard([self = shared_from_this()](Result<std::optional<WebhookOwner>> owner) {
        if (!owner) return self->answer(webhook_answer(owner.error()));
        self->found(*owner);
      }));
}

void WebhookDelivery::found(const std::optional<WebhookOwner>& owner) {
  if (!owner) return answer(webhook_answer(404, "unknown_address"));
  const auto parts = parts_.lock();
  if (parts == nullptr) return answer(webhook_answer(503, "unavailable", kLater));
  owner_ = *owner;
  const auto policy = parts->setup.directory->policy(owner_.tenant);
  declared_ = parts->port.declaration(owner_.tenant, owner_.extension, owner_.name);
  if (policy == nullptr || declared_ == nullptr) {
    return answer(webhook_answer(503, "not_installed", kLater));
  }
  if (auto refused = refusal(*parts, *policy)) return answer(*std::move(refused));
  if (declared_->scheme == policy::SignatureScheme::kSlack) {
    if (auto challenge = slack_challenge(request_.body)) {
      return answer(challenge_answer(*std::move(challenge)));
    }
  }
  publish(*parts, *policy);
}

std::optional<WebhookResponse> WebhookDelivery::refusal(WebhookParts& parts,
                                                        const TenantPolicy& policy) {
  const auto wait = parts.rates.take(owner_.tenant, policy.events.webhook_rate);
  if (wait.count() > 0) return webhook_answer(429, "rate", wait);
  if (request_.body.size() > policy.events.webhook_body.count) {
    return webhook_answer(413, "body");
  }
  return check_signature(parts);
}

std::optional<WebhookResponse> WebhookDelivery::check_signature(const WebhookParts& parts) {
  std::optional<std::string> secret;
  if (declared_->scheme != policy::SignatureScheme::kNone) {
    secret = parts.port.secret(owner_.tenant, owner_.extension, declared_->secret);
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(parts.setup.calendar());
  const policy::SignatureCheck checked =
      policy::check_signature(*declared_, secret ? *secret : "", headers_, request_.body, now);
  if (secret) OPENSSL_cleanse(secret->data(), secret->size());
  if (checked.fault != policy::SignatureFault::kNone) {
    return webhook_answer(401, to_string(checked.fault));
  }
  signed_key_ = checked.key;
  return std::nullopt;
}

// Of one webhook: the same message to another one is another event.
std::string WebhookDelivery::idempotency_key() const {
  if (signed_key_.empty()) return {};
  base::Sha256 hash;
  hash.update_sized(owner_.extension).update_sized(owner_.name).update_sized(signed_key_);
  return "webhook:" + base::to_hex(hash.finish());
}

void WebhookDelivery::publish(const WebhookParts& parts, const TenantPolicy& policy) {
  const Limits& limits = policy.events.limits;
  const auto most = std::min<std::uint64_t>(limits.payload.count, EventQueue::kMaxPayloadBytes);
  auto payload = webhook_payload(*declared_, request_, headers_, {most, limits.payload_depth});
  if (!payload) return answer(webhook_answer(413, "payload"));
  Publication publication;
  publication.tenant = owner_.tenant;
  publication.event = declared_->event;
  publication.payload = *std::move(payload);
  publication.extension = owner_.extension;
  publication.idempotency_key = idempotency_key();
  publication.idempotency_window = policy::replay_window(*declared_);
  PublishedBy by;
  by.source = Source::kWebhook;
  std::vector<Publication> publications;
  publications.push_back(std::move(publication));
  parts.publisher->publish(
      std::move(publications), std::move(by),
      done_.guard([self = shared_from_this()](Result<std::vector<PublishReceipt>> receipts) {
        if (!receipts) return self->answer(webhook_answer(receipts.error()));
        if (receipts->size() != 1) return self->answer(webhook_answer(500, "internal"));
        self->answer(webhook_answer(receipts->front()));
      }));
}

}  // namespace sublet::events
