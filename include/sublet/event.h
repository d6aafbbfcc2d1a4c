// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace sublet {
inline namespace v1 {

// What happened in the host, for one tenant.
struct Event {
  // The tenant whose extensions are asked. 1 to 128 bytes of [A-Za-z0-9._:-].
  std::string tenant;
  // The event's name as manifests declare it, for example "onTicketCreate". 1 to 128 bytes.
  std::string event;
  // JSON text, UTF-8; it reaches the handler as `event.data`. Empty means null.
  std::string payload = {};
  // Which extension shall answer; empty where only one of the tenant's listens to this event.
  std::string extension = {};
  // The host's own id for it, shown to the handler as `event.id`; empty: Sublet makes one.
  std::string id = {};
  // Which attempt this is, from 1; shown to the handler as `event.attempt`.
  std::uint32_t attempt = 1;
  // W3C trace context of what led to it ("traceparent" and "tracestate" headers), for requests that
  // the extension makes: see RequestPolicy::trace_context. At most 512 bytes each; one that is not
  // well-formed goes nowhere.
  std::string trace_parent = {};
  std::string trace_state = {};
};

}  // namespace v1
}  // namespace sublet
