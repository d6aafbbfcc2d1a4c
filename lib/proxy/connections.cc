// SPDX-License-Identifier: Apache-2.0
#include "proxy/connections.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/sha256.h"

namespace sublet::proxy {
namespace {

void add(base::Sha256& hash, const policy::IpAddress& address, unsigned number) {
  const std::string_view bytes(reinterpret_cast<const char*>(address.bytes.data()),
                               address.bytes.size());
  hash.update_sized(bytes).update(address.is_v4() ? "4" : "6").update_sized(std::to_string(number));
}

void add(base::Sha256& hash, const std::vector<policy::Endpoint>& endpoints) {
  hash.update_sized(std::to_string(endpoints.size()));
  for (const policy::Endpoint& endpoint : endpoints) add(hash, endpoint.address, endpoint.port);
}

}  // namespace

EgressPolicyPointer egress_of(const std::shared_ptr<const RequestAccess>& access,
                              const RequestPlan& plan) {
  EgressPolicyPointer egress(access, &access->egress);
  if (!plan.declared) return egress;
  const std::span<const policy::HostPattern> declared(&*plan.declared, 1);
  std::vector<policy::HostPattern> more(declared.begin(), declared.end());
  if (!access->any_host) more = policy::intersect(declared, access->hosts);
  std::erase_if(more, [&](const policy::HostPattern& pattern) {
    const auto& allowed = access->egress.allowed;
    return std::find(allowed.begin(), allowed.end(), pattern) != allowed.end();
  });
  if (more.empty()) return egress;
  auto extended = std::make_shared<policy::EgressPolicy>(access->egress);
  extended->allowed.insert(extended->allowed.end(), more.begin(), more.end());
  return extended;
}

// A tenant's id has no zero byte.
std::string pool_of(std::string_view tenant, const policy::EgressPolicy& egress) {
  base::Sha256 hash;
  hash.update_sized(std::to_string(egress.opened_ranges.size()));
  for (const policy::AddressRange& range : egress.opened_ranges) {
    add(hash, range.base, range.prefix);
  }
  add(hash, egress.opened_endpoints);
  add(hash, egress.own_listeners);
  for (const std::string& name : egress.opened_names) hash.update_sized(name);
  std::string pool(tenant);
  pool.push_back('\0');
  return pool + base::to_hex(hash.finish());
}

std::function<bool(std::string_view, std::uint16_t)> permits_of(EgressPolicyPointer egress,
                                                                const policy::Target& target) {
  return [egress = std::move(egress), target](std::string_view text, std::uint16_t port) noexcept {
    try {
      const std::optional<policy::IpAddress> address = policy::IpAddress::parse(text);
      if (!address || port != target.port) return false;
      return static_cast<bool>(policy::check_addresses(*egress, target, {&*address, 1}));
    } catch (...) {
      return false;  // no memory for the reason
    }
  };
}

}  // namespace sublet::proxy
