// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What `requests`, `parameters` and `oauth` of a manifest say, as it was written: bounded, but with
// the templates inside their texts not yet looked into. See compile.h.
namespace sublet::policy {

inline constexpr std::size_t kMaxRequests = 100;
inline constexpr std::size_t kMaxParameters = 50;
inline constexpr std::size_t kMaxEgressHosts = 100;
inline constexpr std::size_t kMaxEgressHost = 300;
inline constexpr std::size_t kMaxOAuthProviders = 16;
inline constexpr std::size_t kMaxSecretHosts = 16;  // of one secret or provider

// A text of the manifest and the line it stands in, for messages about what is inside it.
struct LocatedText {
  std::string text;
  std::uint32_t line = 0;
};

struct NamedText {
  std::string name;
  LocatedText value;
};

// What a request template asks of the proxy; what it leaves out is the policy's.
struct RequestOptions {
  struct Retry {
    std::uint32_t max_attempts = 1;       // the first included
    bool network_error = false;           // "network_error" in `on`
    std::vector<std::uint16_t> statuses;  // the others in `on`; "5xx" is 500, 502, 503 and 504
    bool idempotent = false;              // whatever the method: the service knows repetitions
  };
  struct Cache {
    std::optional<std::chrono::seconds> stale_if_error;
  };
  std::optional<Retry> retry;
  std::optional<Cache> cache;
  bool collapse = false;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::uint32_t> max_redirects;
  std::string oauth;            // a provider's name, or empty
  bool secret_in_path = false;  // the service wants its secret in the path, and in its logs
};

struct RequestDeclaration {
  std::string name;
  std::uint32_t line = 0;
  LocatedText method{"GET", 0};
  bool https = true;
  LocatedText host;
  LocatedText path{"/", 0};
  std::vector<NamedText> query;
  std::vector<NamedText> headers;
  // JSON text, or where body_is_text the text itself.
  std::optional<LocatedText> body;
  bool body_is_text = false;
  RequestOptions options;
};

enum class ParameterType : std::uint8_t { kText, kNumber, kBoolean, kChoice, kUrl, kDomain };

struct ParameterDeclaration {
  std::string name;
  std::uint32_t line = 0;
  ParameterType type = ParameterType::kText;
  bool required = false;
  bool secret = false;
  std::optional<LocatedText> default_json;
  std::optional<LocatedText> pattern;
  std::optional<std::uint32_t> max_length;  // in characters
  std::vector<std::string> choices;
  std::string display_name;
  std::string description;
  // Of a secret: where fetch() may send it (see hosts.h); empty: nowhere. A template names its host
  // itself.
  std::vector<LocatedText> hosts;
};

// The rest is looked into where it is used; `client_id` and the others may hold templates.
struct OAuthDeclaration {
  std::string name;
  std::uint32_t line = 0;
  bool client_credentials = false;  // else authorization_code
  bool user_scope = false;          // else account: one token for the tenant
  bool client_in_body = false;      // else in the Authorization header
  LocatedText authorize_url;
  LocatedText token_url;
  LocatedText revoke_url;
  LocatedText client_id;
  LocatedText client_secret;
  LocatedText audience;
  std::vector<std::string> scopes;
  std::vector<NamedText> extra;
  std::vector<LocatedText> hosts;  // where fetch() may send its access tokens
};

}  // namespace sublet::policy
