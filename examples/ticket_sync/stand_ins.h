// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sublet/adapters/name_resolver.h>

#include <memory>
#include <string>

#include "certificate.h"
#include "ticket_product.h"
#include "tracker.h"

namespace ticket_sync {

inline constexpr const char* kTrackerName = "tracker.example";
inline constexpr const char* kTicketsName = "acme.tickets.example";

// Both products on this machine, and what leads to them.
struct StandIns {
  std::string api_key = "tk_live_5Qv8Zr1";
  std::string client_secret = "cs_live_9Wd2Mk7";
  Certificate certificate{std::string("DNS:") + kTrackerName + ",DNS:" + kTicketsName};
  Tracker tracker{certificate, client_secret};
  TicketProduct tickets{certificate, api_key};

  // Knows the two names and no other. What it answers stays true for as long as they live.
  std::shared_ptr<sublet::NameResolver> resolver() const;
  // A browser that goes to `url`: where the tracker sends it then, or nothing.
  std::string browse(const std::string& url, const std::string& ca_file) const;
};

// A parameter of a URL whose value needs no decoding; empty: there is none.
std::string query_value(const std::string& url, const std::string& name);

}  // namespace ticket_sync
