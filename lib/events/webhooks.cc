// SPDX-License-Identifier: Apache-2.0
#include "events/webhooks.h"

#include <utility>

#include "events/webhook_delivery.h"

namespace sublet::events {
namespace {

class WebhooksImpl final : public Webhooks {
 public:
  WebhooksImpl(std::shared_ptr<WebhookParts> parts, std::string base_url)
      : parts_(std::move(parts)), base_url_(std::move(base_url)) {
    if (!base_url_.empty() && base_url_.back() != '/') base_url_ += '/';
  }

  void url(std::string tenant, std::string extension, std::string name,
           EventCallback<std::string> done) noexcept override {
    attempt<std::string>(std::move(done), [&](const Once<std::string>& once) {
      if (base_url_.empty()) {
        return once(Error{ErrorCode::kFailedPrecondition, "the host takes no webhooks"});
      }
      if (parts_->port.declaration(tenant, extension, name) == nullptr) {
        return once(Error{ErrorCode::kNotFound, "the manifest declares no such webhook"});
      }
      parts_->addresses->address(
          {std::move(tenant), std::move(extension), std::move(name)},
          once.guard([once, base_url = base_url_](Result<std::string> address) {
            if (address) return once(base_url + *address);
            once(std::move(address));
          }));
    });
  }

  void revoke(std::string tenant, std::string extension, std::string name,
              EventCallback<bool> done) noexcept override {
    attempt<bool>(std::move(done), [&](const Once<bool>& once) {
      parts_->addresses->remove({std::move(tenant), std::move(extension), std::move(name)}, once);
    });
  }

  void revoke_all(std::string tenant, std::string extension,
                  EventCallback<bool> done) noexcept override {
    attempt<bool>(std::move(done), [&](const Once<bool>& once) {
      parts_->addresses->remove_all(std::move(tenant), std::move(extension), once);
    });
  }

  void deliver(WebhookRequest request, EventCallback<WebhookResponse> done) noexcept override {
    attempt<WebhookResponse>(std::move(done), [&](const Once<WebhookResponse>& once) {
      std::make_shared<WebhookDelivery>(parts_, std::move(request), once)->start();
    });
  }

 private:
  template <typename T, typename Work>
  static void attempt(EventCallback<T> done, const Work& work) noexcept {
    std::optional<Once<T>> once;
    try {
      once.emplace(done);
      work(*once);
    } catch (...) {
      Error error{ErrorCode::kResourceExhausted, "no memory left"};
      once ? (*once)(std::move(error)) : done(std::move(error));
    }
  }

  const std::shared_ptr<WebhookParts> parts_;
  std::string base_url_;
};

}  // namespace

std::shared_ptr<Webhooks> Webhooks::create(const Setup& setup, std::shared_ptr<Publisher> publisher,
                                           const WebhookPort& port, std::string base_url) {
  return std::make_shared<WebhooksImpl>(
      std::make_shared<WebhookParts>(setup, std::move(publisher), port), std::move(base_url));
}

}  // namespace sublet::events
