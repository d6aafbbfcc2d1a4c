// SPDX-License-Identifier: Apache-2.0
#include "proxy/request_proxy.h"

#include <utility>
#include <vector>

#include "proxy/core.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"

namespace sublet::proxy {

class RequestProxy::Impl {
 public:
  explicit Impl(ProxySetup setup) : core(std::make_shared<Core>(std::move(setup))) {}

  const std::shared_ptr<Core> core;
};

RequestProxy::RequestProxy(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

RequestProxy::~RequestProxy() { stop(); }

std::shared_ptr<RequestProxy> RequestProxy::create(ProxySetup setup) {
  return std::shared_ptr<RequestProxy>(new RequestProxy(std::make_shared<Impl>(std::move(setup))));
}

RequestProxy::Id RequestProxy::start(std::shared_ptr<const RequestAccess> access, RequestCall call,
                                     AnswerCallback done) {
  Core& core = *impl_->core;
  const Id id = core.next_id();
  std::shared_ptr<Exchange> exchange;
  try {
    exchange = std::make_shared<Exchange>(impl_->core, id, std::move(access), std::move(call),
                                          std::move(done));
    if (core.add(id, exchange)) {
      exchange->start();
    } else {
      exchange->refuse(of_cancel());
    }
  } catch (...) {
    if (exchange) {
      exchange->refuse(of_internal());
    } else {
      RequestAnswer answer;
      answer.error = of_internal();
      done(std::move(answer));
    }
  }
  return id;
}

void RequestProxy::cancel(Id id) {
  if (const auto exchange = impl_->core->find(id)) exchange->cancel();
}

void RequestProxy::forget(std::string_view tenant) {
  impl_->core->gate().forget(tenant);
  impl_->core->cache().forget(tenant);
}

void RequestProxy::stop() {
  for (const auto& exchange : impl_->core->stop()) exchange->cancel();
}

RequestProxy::Figures RequestProxy::figures() const {
  Core& core = *impl_->core;
  return {core.under_way(), core.gate().under_way(), core.flights().size(), core.cache().bytes()};
}

}  // namespace sublet::proxy
