// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/egress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "policy/egress/address_kind.h"
#include "policy/egress/local_name.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

bool has(std::span<const Endpoint> endpoints, const Endpoint& endpoint) {
  return std::find(endpoints.begin(), endpoints.end(), endpoint) != endpoints.end();
}

bool is_opened(const EgressPolicy& policy, AddressKind kind, const IpAddress& address) {
  const auto opens = [&](const AddressRange& range) { return range.contains(address); };
  return kind != AddressKind::kMetadata &&
         std::any_of(policy.opened_ranges.begin(), policy.opened_ranges.end(), opens);
}

// "127.0.0.1 (loopback)"; of an embedded address, in which form it was found.
std::string describe(const IpAddress& address, AddressKind kind) {
  std::string out = fmt::format("{} ({}", address.to_string(), to_string(kind));
  if (const auto embedded = embedded_address(address)) {
    out += fmt::format("; {} form of {}", embedded->form, embedded->address.to_string());
  }
  return out + ")";
}

Verdict<Passed> check_address(const EgressPolicy& policy, const Target& target,
                              const IpAddress& address) {
  const Endpoint endpoint{address, target.port};
  if (has(policy.opened_endpoints, endpoint)) return Passed{};
  // A mapped address reaches the listener of the embedded one.
  const auto embedded = embedded_address(address);
  if (has(policy.own_listeners, endpoint) ||
      (embedded && has(policy.own_listeners, Endpoint{embedded->address, target.port}))) {
    return Refusal{RefusalCode::kOwnListener,
                   fmt::format("{} means {} port {}, where the host itself listens",
                               in_quotes(target.host), address.to_string(), target.port)};
  }
  const AddressKind kind = classify(address);
  if (kind == AddressKind::kPublic || is_opened(policy, kind, address)) return Passed{};
  return Refusal{RefusalCode::kPrivateAddress,
                 fmt::format("{} means {}", in_quotes(target.host), describe(address, kind))};
}

// What the host is, whoever asks for it.
Verdict<Passed> check_host(const EgressPolicy& policy, const Target& target) {
  if (target.address) return check_address(policy, target, *target.address);
  const std::string_view use = local_use_of(target.host);
  const auto& opened = policy.opened_names;
  if (use.empty() || std::find(opened.begin(), opened.end(), target.host) != opened.end()) {
    return Passed{};
  }
  return Refusal{RefusalCode::kPrivateAddress,
                 fmt::format("the name {} is kept for {}", in_quotes(target.host), use)};
}

// The refusal names the first thing in which the nearest entries differ.
Verdict<Passed> check_allowed(const EgressPolicy& policy, const Target& target) {
  if (target.scheme != "https" && !policy.plain_http) {
    return Refusal{RefusalCode::kSchemeDenied, "the scheme \"http\" is not allowed; use https"};
  }
  bool has_host = false;
  bool has_scheme = false;
  for (const HostPattern& pattern : policy.allowed) {
    if (pattern.covers(target)) return Passed{};
    has_host = has_host || pattern.covers_host(target);
    has_scheme = has_scheme || (pattern.covers_host(target) && pattern.covers_scheme(target));
  }
  if (!has_host) {
    return Refusal{RefusalCode::kEgressDenied,
                   fmt::format("the host {} is not on the allow-list", in_quotes(target.host))};
  }
  if (!has_scheme) {
    return Refusal{RefusalCode::kSchemeDenied,
                   fmt::format("the allow-list has {} only with another scheme than \"{}\"",
                               in_quotes(target.host), target.scheme)};
  }
  return Refusal{RefusalCode::kPortDenied,
                 fmt::format("the allow-list does not have {} with port {}", in_quotes(target.host),
                             target.port)};
}

bool is_same_origin(const Target& a, const Target& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

}  // namespace

Verdict<Target> check_url(const EgressPolicy& policy, std::string_view text) {
  auto parsed = parse_url(text, policy.max_url_bytes);
  if (!parsed) return parsed.refusal();
  // What no entry of the allow-list could mend is told first.
  const std::string& objection = parsed->objection;
  if (const auto passed = check_host(policy, parsed->target); !passed) {
    const auto& [code, reason] = passed.refusal();
    return Refusal{code, objection.empty() ? reason : fmt::format("{}; {}", reason, objection)};
  }
  if (!objection.empty()) return Refusal{RefusalCode::kBadUrl, objection};
  if (const auto passed = check_allowed(policy, parsed->target); !passed) return passed.refusal();
  return Verdict<Target>(std::move(parsed->target));
}

Verdict<Passed> check_addresses(const EgressPolicy& policy, const Target& target,
                                std::span<const IpAddress> addresses) {
  if (addresses.empty()) {
    return Refusal{RefusalCode::kNoAddress,
                   fmt::format("{} has no address", in_quotes(target.host))};
  }
  for (const IpAddress& address : addresses) {
    if (auto passed = check_address(policy, target, address); !passed) return passed;
  }
  return Passed{};
}

Verdict<Redirect> check_redirect(const EgressPolicy& policy, const Target& from, unsigned followed,
                                 std::string_view location) {
  if (followed >= policy.max_redirects) {
    return Refusal{RefusalCode::kTooManyRedirects,
                   fmt::format("more than {} redirects, the last from {}", policy.max_redirects,
                               in_quotes(from.host))};
  }
  if (location.size() > policy.max_url_bytes) {
    return Refusal{RefusalCode::kUrlTooLong,
                   fmt::format("the redirect's location has {} bytes; it may have at most {}",
                               location.size(), policy.max_url_bytes)};
  }
  const auto url = resolve_reference(from, location);
  if (!url) return url.refusal();
  auto target = check_url(policy, *url);
  if (!target) return target.refusal();
  const bool drop_secrets = !is_same_origin(from, *target);
  return Redirect{*std::move(target), drop_secrets};
}

}  // namespace sublet::policy
