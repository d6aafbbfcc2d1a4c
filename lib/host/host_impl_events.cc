// SPDX-License-Identifier: Apache-2.0
// The part of a host that knows durable events.
#include <chrono>
#include <utility>

#include "base/awaited.h"
#include "engine/v8_engine.h"
#include "host/await.h"
#include "host/host_impl.h"
#include "host/misuse.h"

namespace sublet {
inline namespace v1 {
namespace {

constexpr std::size_t kMostPublications = 100'000;

Error stopped() { return Error{ErrorCode::kFailedPrecondition, "the host was shut down"}; }

}  // namespace

Result<void> ExtensionHost::Impl::publish_async(std::vector<Publication> publications,
                                                PublishCallback done) {
  if (engine::process_was_forked()) return host::forked();
  if (Result<void> available = events_->available(); !available) return available;
  if (!done) return Error{ErrorCode::kInvalidArgument, "the callback is empty"};
  if (publications.size() > kMostPublications) {
    return Error{ErrorCode::kInvalidArgument, "there are " + std::to_string(publications.size()) +
                                                  " publications; one call takes at most 100,000"};
  }
  if (dispatcher_->stopped()) return stopped();
  if (draining_.load()) {
    return Error{ErrorCode::kFailedPrecondition, "the host is draining (ExtensionHost::drain)"};
  }
  events_->publisher().publish(std::move(publications), events::PublishedBy{}, std::move(done));
  return {};
}

Result<std::vector<PublishReceipt>> ExtensionHost::Impl::publish(
    std::vector<Publication> publications, std::string_view caller) {
  using Receipts = std::vector<PublishReceipt>;
  if (Result<void> may = may_wait(caller); !may) return may.error();
  const auto awaited = std::make_shared<base::Awaited<Receipts>>();
  Result<void> taken = publish_async(std::move(publications), [awaited](Result<Receipts> receipts) {
    awaited->answer(std::move(receipts));
  });
  if (!taken) return taken.error();
  std::optional<Result<Receipts>> answer = awaited->wait(host::kAdapterPatience);
  if (answer.has_value()) return *std::move(answer);
  return Error{ErrorCode::kUnavailable,
               "the event queue did not answer within 30 s; it may have taken the events"};
}

Result<void> ExtensionHost::Impl::deliver_webhook(WebhookRequest request,
                                                  std::function<void(WebhookResponse)> done) {
  if (engine::process_was_forked()) return host::forked();
  if (Result<void> available = events_->available(); !available) return available;
  if (!done) return Error{ErrorCode::kInvalidArgument, "the callback is empty"};
  if (dispatcher_->stopped()) return stopped();
  events_->webhooks().deliver(std::move(request),
                              [told = std::move(done)](Result<WebhookResponse> response) {
                                if (response) return told(std::move(response).value());
                                WebhookResponse failed;
                                failed.status = 503;
                                failed.reason = response.error().message;
                                told(std::move(failed));
                              });
  return {};
}

bool ExtensionHost::Impl::drain(std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  draining_.store(true);
  const bool events_done = events_->drain(deadline);
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  const bool calls_done = dispatcher_->drain(std::max(left, std::chrono::milliseconds(0)));
  return events_done && calls_done;
}

void ExtensionHost::Impl::accept_again() {
  dispatcher_->accept_again();
  events_->resume();
  draining_.store(false);
}

}  // namespace v1
}  // namespace sublet
