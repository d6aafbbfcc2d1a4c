// SPDX-License-Identifier: Apache-2.0
#include "sublet/observer.h"

namespace sublet {
inline namespace v1 {

Observer::~Observer() = default;

void Observer::invocation_finished(const InvocationResult&) {}
void Observer::limit_reached(std::string_view, Limit, Enforcement) {}
void Observer::extension_installed(const ExtensionInfo&) {}
void Observer::extension_uninstalled(const ExtensionInfo&) {}
void Observer::isolate_ended(std::string_view, IsolateEnd, Bytes) {}
void Observer::tenant_quarantined(std::string_view, std::string_view) {}
void Observer::quota_neared(std::string_view, Limit, std::uint64_t, std::uint64_t) {}
void Observer::token_requested(std::string_view, std::string_view, const RequestRecord&) {}
void Observer::breaker_changed(const BreakerChange&) {}
void Observer::delivery_settled(const DeliveryRecord&) {}
void Observer::extension_suspended(std::string_view, const BreakerChange&) {}
void Observer::event_control_applied(const EventControl&, const EventScope&) {}
void Observer::internal_error(std::string_view, std::string_view) {}

}  // namespace v1
}  // namespace sublet
