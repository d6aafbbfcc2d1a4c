// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/egress/egress.h"
#include "policy/egress/host_name.h"

namespace {

using sublet::policy::EgressPolicy;
using sublet::policy::HostPattern;
using sublet::policy::IpAddress;
using sublet::policy::Refusal;

constexpr const char* kHelp =
    "egress_check [--resolve NAME=ADDRESS[,ADDRESS...]]... [--allow HOST]... [--explain] [--] "
    "URL...\n"
    "\n"
    "Prints for each URL one line: \"allowed\", or the code by which the egress policy refuses "
    "it.\n"
    "The policy is the default one (https only, nothing private, at most 8192 bytes) with an\n"
    "allow-list of every HOST.\n"
    "\n"
    "  --resolve  NAME has ADDRESS (IPv4 or IPv6); given more than once, it has all of them, and "
    "all\n"
    "             must be allowed. Nothing is looked up: a name without --resolve is judged by "
    "the\n"
    "             rules for URLs and names alone, as before its resolution.\n"
    "  --allow    HOST as in a manifest: api.example.com, *.example.com, api.example.com:8443. "
    "What\n"
    "             is no such host is told on stderr and allows nothing.\n"
    "  --explain  the reason too, after the code\n"
    "\n"
    "Exit code: 0 when every URL was judged, 2 for arguments that were not understood.\n";

struct Request {
  EgressPolicy policy;
  std::map<std::string, std::vector<IpAddress>> addresses;
  std::vector<std::string_view> urls;
  bool explain = false;
};

void allow(Request& request, std::string_view text) {
  auto pattern = HostPattern::parse("--allow", text);
  if (!pattern && text.find(':') != std::string_view::npos) {
    // An IPv6 address without brackets, which is no pattern but cannot be misread.
    if (const auto address = IpAddress::parse(text)) {
      pattern = HostPattern::parse("--allow", address->in_url());
    }
  }
  if (pattern) {
    request.policy.allowed.push_back(*pattern);
  } else {
    std::fprintf(stderr, "egress_check: allows nothing: %s\n", pattern.error().message.c_str());
  }
}

// "[fe80::1%eth0]" is what it is without brackets and zone.
std::optional<IpAddress> read_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.find(':') != std::string_view::npos) text = text.substr(0, text.find('%'));
  return IpAddress::parse(text);
}

bool resolve(Request& request, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  const auto host = sublet::policy::read_host(text.substr(0, equals));
  // A name that no URL can have is never asked for.
  auto& known = request.addresses[host ? host->name : std::string()];
  for (std::string_view rest = text.substr(equals + 1);;) {
    const std::size_t comma = rest.find(',');
    const auto address = read_address(rest.substr(0, comma));
    if (!address) return false;
    known.push_back(*address);
    if (comma == std::string_view::npos) return true;
    rest.remove_prefix(comma + 1);
  }
}

// The value of the option `name`: what follows it after '=', or as the next argument.
std::optional<std::string_view> value_of(std::string_view name,
                                         const std::vector<std::string_view>& arguments,
                                         std::size_t& at) {
  const std::string_view argument = arguments[at];
  if (argument == name) {
    if (at + 1 == arguments.size()) return std::nullopt;
    return arguments[++at];
  }
  if (!argument.starts_with(name) || argument[name.size()] != '=') return std::nullopt;
  return argument.substr(name.size() + 1);
}

std::optional<Request> read_arguments(const std::vector<std::string_view>& arguments) {
  Request request;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at] == "--") {
      request.urls.insert(request.urls.end(),
                          arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1, arguments.end());
      break;
    }
    if (arguments[at] == "--explain") {
      request.explain = true;
    } else if (!arguments[at].starts_with("--")) {
      request.urls.push_back(arguments[at]);
    } else if (const auto host = value_of("--allow", arguments, at)) {
      allow(request, *host);
    } else if (const auto resolution = value_of("--resolve", arguments, at);
               !resolution || !resolve(request, *resolution)) {
      return std::nullopt;
    }
  }
  if (request.urls.empty()) return std::nullopt;
  return request;
}

std::optional<Refusal> judge(const Request& request, std::string_view url) {
  const auto target = check_url(request.policy, url);
  if (!target) return target.refusal();
  const auto known = request.addresses.find(target->host);
  if (target->address || known == request.addresses.end()) return std::nullopt;
  const auto passed = check_addresses(request.policy, *target, known->second);
  if (!passed) return passed.refusal();
  return std::nullopt;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string_view> arguments(values + 1, values + count);
  if (arguments.size() == 1 && arguments.front() == "--help") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  const auto request = read_arguments(arguments);
  if (!request) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  for (const std::string_view url : request->urls) {
    const auto refusal = judge(*request, url);
    std::string line = refusal ? std::string(to_string(refusal->code)) : "allowed";
    if (refusal && request->explain) line += ": " + refusal->reason;
    std::puts(line.c_str());
  }
  return 0;
}
