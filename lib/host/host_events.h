// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "host/event_service.h"
#include "sublet/host_events.h"

namespace sublet {
inline namespace v1 {

// The host behind a HostEvents. Const-safe.
class HostEvents::Impl {
 public:
  // `may_wait`: whether a call of this name may wait on this thread, and the host is there.
  Impl(host::EventService& service, std::function<Result<void>(std::string_view)> may_wait)
      : service_(service), may_wait_(std::move(may_wait)) {}

  Result<void> may_wait(std::string_view caller) const {
    if (Result<void> available = service_.available(); !available) return available;
    return may_wait_(caller);
  }
  host::EventService& service() const { return service_; }
  EventQueue& queue() const { return *service_.queue(); }

 private:
  host::EventService& service_;
  const std::function<Result<void>(std::string_view)> may_wait_;
};

}  // namespace v1
}  // namespace sublet
