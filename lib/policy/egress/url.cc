// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "policy/egress/authority.h"
#include "policy/egress/url_curl.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

constexpr std::string_view kHttp = "http";
constexpr std::string_view kHttps = "https";

Refusal bad_url(std::string reason) { return {RefusalCode::kBadUrl, std::move(reason)}; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_scheme_part(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

// Browsers drop tabs and newlines, and read backslashes as slashes; others do not.
Verdict<Passed> check_characters(std::string_view text) {
  if (text.empty()) return bad_url("the URL is empty");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') return bad_url(fmt::format("the URL has a backslash at byte {}", i));
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) {
      return bad_url(fmt::format("the URL has a space or control character at byte {}", i));
    }
  }
  if (!base::is_utf8(text)) return bad_url("the URL is not UTF-8");
  return Passed{};
}

// The scheme's length where `text` begins with one; 0 where it does not.
std::size_t scheme_length(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return 0;
  const std::string_view scheme = text.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(), is_scheme_part) ? colon : 0;
}

struct Split {
  std::string scheme;
  std::string_view authority;
  std::string_view path_and_query;  // may begin with '?' or be empty
};

Verdict<Split> split(std::string_view text) {
  const std::size_t length = scheme_length(text);
  if (length == 0) return bad_url("the URL does not begin with a scheme");
  Split parts;
  for (const char c : text.substr(0, length)) {
    parts.scheme += static_cast<char>(is_letter(c) ? c | 0x20 : c);
  }
  if (parts.scheme != kHttps && parts.scheme != kHttp) {
    return Refusal{RefusalCode::kSchemeDenied,
                   fmt::format("the scheme {} is not https", in_quotes(parts.scheme))};
  }
  text.remove_prefix(length + 1);
  if (!text.starts_with("//")) return bad_url("two slashes must follow the scheme");
  text.remove_prefix(2);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  parts.authority = text.substr(0, end);
  const std::string_view rest = text.substr(end);
  parts.path_and_query = rest.substr(0, rest.find('#'));
  if (parts.authority.find('@') != std::string_view::npos) {
    return Refusal{RefusalCode::kCredentialsInUrl,
                   "the URL has a user name or password before its host"};
  }
  // Where '?' and '#' do not end the authority for a reader, what follows the '@' is the host.
  if (!rest.empty() && rest.front() != '/' && rest.find('@') != std::string_view::npos) {
    return bad_url("the URL has an '@' after its host and no path before it");
  }
  return parts;
}

bool is_same_host(const Target& target, std::string_view host) {
  if (!target.address) return host == target.host;
  if (!target.address->is_v4() && host.size() > 2) host = host.substr(1, host.size() - 2);
  return IpAddress::parse(host) == target.address;
}

// Takes the path from libcurl's reading of the URL, and makes sure that it reads the rest as we do.
Verdict<Passed> complete_by_curl(Target& target, std::string_view path_and_query) {
  const auto reading = read_by_curl(target.origin() + std::string(path_and_query));
  if (!reading || reading->scheme != target.scheme || !is_same_host(target, reading->host) ||
      reading->port != std::to_string(target.port)) {
    return bad_url(fmt::format("libcurl reads a URL of the host {} otherwise than it is meant",
                               in_quotes(target.host)));
  }
  target.path_and_query = reading->path_and_query;
  const bool is_plain = target.path_and_query.starts_with('/') &&
                        std::all_of(target.path_and_query.begin(), target.path_and_query.end(),
                                    [](char c) { return c > ' ' && c <= '~'; });
  if (!is_plain) return bad_url("the path or query has a character that a URL may not have");
  return Passed{};
}

Refusal too_long(std::size_t size, std::size_t limit) {
  return {RefusalCode::kUrlTooLong,
          fmt::format("the URL has {} bytes; it may have at most {}", size, limit)};
}

}  // namespace

std::uint16_t default_port(std::string_view scheme) noexcept { return scheme == kHttp ? 80 : 443; }

std::string Target::origin() const {
  std::string out = fmt::format("{}://{}", scheme, address ? address->in_url() : host);
  if (port != default_port(scheme)) out += fmt::format(":{}", port);
  return out;
}

Verdict<ParsedUrl> parse_url(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return too_long(text.size(), max_bytes);
  if (const auto passed = check_characters(text); !passed) return passed.refusal();
  auto parts = split(text);
  if (!parts) return parts.refusal();
  auto authority = read_authority(parts->authority);
  if (!authority) return authority.refusal();
  ParsedUrl parsed;
  if (const std::string& objection = authority->host.objection; !objection.empty()) {
    parsed.objection = fmt::format("the host {} {}", in_quotes(parts->authority), objection);
  }
  Target& target = parsed.target;
  target.scheme = std::move(parts->scheme);
  target.host = std::move(authority->host.name);
  target.address = authority->host.address;
  target.port = authority->port.value_or(default_port(target.scheme));
  if (const auto passed = complete_by_curl(target, parts->path_and_query); !passed) {
    return passed.refusal();
  }
  if (const std::size_t size = target.url().size(); size > max_bytes) {
    return too_long(size, max_bytes);
  }
  return parsed;
}

Verdict<std::string> resolve_reference(const Target& base, std::string_view reference) {
  if (const auto passed = check_characters(reference); !passed) return passed.refusal();
  if (scheme_length(reference) != 0) return std::string(reference);
  if (reference.starts_with("//")) return fmt::format("{}:{}", base.scheme, reference);
  auto url = resolve_by_curl(base.url(), std::string(reference));
  if (!url) return bad_url("the redirect's location is no URL");
  return *std::move(url);
}

}  // namespace sublet::policy
