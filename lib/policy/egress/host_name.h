// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/egress/address.h"
#include "policy/egress/refusal.h"

namespace sublet::policy {

// The host of a URL. It is read as leniently as any reader of URLs is known to read it, so that
// what hides behind a strange spelling is judged by what it is, and the spelling is refused
// afterwards.
struct HostName {
  // Lower-case ASCII, A-labels for Unicode, without a trailing dot; an address as to_string() has
  // it.
  std::string name;
  // Where the host is no name but an address.
  std::optional<IpAddress> address;
  // Why this spelling is refused whatever the host is; empty for a plain one.
  std::string objection;
};

// `text` is what stands between "//" and the port, brackets included.
Verdict<HostName> read_host(std::string_view text);

}  // namespace sublet::policy
