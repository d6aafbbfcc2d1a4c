// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzz_check.h"
#include "policy/egress/address_kind.h"
#include "policy/egress/egress.h"
#include "policy/egress/local_name.h"

namespace {

using sublet::policy::AddressKind;
using sublet::policy::EgressPolicy;
using sublet::policy::HostPattern;
using sublet::policy::Refusal;
using sublet::policy::Target;

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_refusal(const Refusal& refusal) {
  FUZZ_CHECK(!refusal.reason.empty() && is_printable(refusal.reason));
  FUZZ_CHECK(!to_string(refusal.code).empty());
}

// What the C library would take for an address is known as one.
bool is_number_for_others(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_aton(host.c_str(), &v4) != 0 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

void check_target(const EgressPolicy& policy, const Target& target) {
  if (target.address) {
    FUZZ_CHECK(classify(*target.address) == AddressKind::kPublic);
    FUZZ_CHECK(target.host == target.address->to_string());
  } else {
    FUZZ_CHECK(!is_number_for_others(target.host));
    FUZZ_CHECK(sublet::policy::local_use_of(target.host).empty());
  }
  FUZZ_CHECK(is_printable(target.url()) && target.url().find(' ') == std::string::npos);
  FUZZ_CHECK(target.url().find_first_of("#\\") == std::string::npos);
  const auto again = check_url(policy, target.url());
  FUZZ_CHECK(again);
  FUZZ_CHECK(*again == target);
}

// With an allow-list of nothing but the URL's own host.
void check_text(std::string_view text) {
  EgressPolicy policy;
  const auto denied = check_url(policy, text);
  FUZZ_CHECK(!denied);
  check_refusal(denied.refusal());
  if (const auto parsed = sublet::policy::parse_url(text, policy.max_url_bytes)) {
    const Target& target = parsed->target;
    policy.plain_http = true;
    policy.allowed.push_back({false, target.host, target.address, target.scheme, target.port});
    const auto entry = HostPattern::parse("entry", policy.allowed.back().to_string());
    FUZZ_CHECK(entry && *entry == policy.allowed.back());
  }
  const auto allowed = check_url(policy, text);
  if (!allowed) return check_refusal(allowed.refusal());
  check_target(policy, *allowed);
}

void check_location(std::string_view text) {
  EgressPolicy policy;
  policy.allowed.push_back(*HostPattern::parse("entry", "api.example.com"));
  const auto from = check_url(policy, "https://api.example.com/a/b?c");
  FUZZ_CHECK(from);
  const auto redirect = check_redirect(policy, *from, 0, text);
  if (!redirect) return check_refusal(redirect.refusal());
  FUZZ_CHECK(!redirect->drop_secrets && redirect->target.origin() == from->origin());
  check_target(policy, redirect->target);
}

void check_entry(std::string_view text) {
  const auto entry = HostPattern::parse("entry", text);
  if (!entry) {
    FUZZ_CHECK(is_printable(entry.error().message));
    return;
  }
  const auto again = HostPattern::parse("entry", entry->to_string());
  FUZZ_CHECK(again && *again == *entry);
  FUZZ_CHECK(intersect(*entry, *again) == *entry);
}

}  // namespace

// The input as a URL, as a host, as the location of a redirect, and as an entry of an allow-list.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_text(text);
  check_text("https://" + std::string(text) + "/");
  check_location(text);
  check_entry(text);
  return 0;
}
