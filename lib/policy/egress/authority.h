// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/egress/host_name.h"
#include "policy/egress/refusal.h"

namespace sublet::policy {

struct Authority {
  HostName host;
  std::optional<std::uint16_t> port;
};

// "host" or "host:port" of a URL or an allow-list. A port is 1 to 65535, without sign or leading
// zeros, and not empty.
Verdict<Authority> read_authority(std::string_view text);

}  // namespace sublet::policy
