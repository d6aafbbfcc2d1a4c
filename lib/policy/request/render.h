// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/request/compile.h"
#include "policy/request/parameters.h"

// One request from its template and the values of one call.
//
// null in the context is a value that was given: in a JSON body's whole value it is null, it leaves
// out a query parameter, header or field of a form object that is nothing but it, elsewhere it is
// an empty text, and a path refuses it. What is not given is always an error.
namespace sublet::policy {

inline constexpr std::size_t kMaxUrlBytes = 8u << 10;
inline constexpr std::size_t kMaxHeaderBytes = 8u << 10;

enum class RenderFault : std::uint8_t {
  kNone,
  kBadContext,          // no JSON object, or an object or array where a text belongs
  kMissingContext,      // not given, or null in a path
  kMissingParameter,    // a parameter or a secret has no value
  kMissingAccessToken,  // there is none
  kHeaderInjection,     // a control character, or what is no printable ASCII
  kUrlRefused,          // a value would change the host or climb in the path
  kBodyInvalid,         // what was given as the body, or what became of it
  kTooLarge,            // RenderInput::max_body_bytes
};

// The stable name: "header_injection".
std::string_view to_string(RenderFault fault) noexcept;

enum class SecretPlace : std::uint8_t { kPath, kQuery, kHeader, kBody };

// A secret that is in the request, as it was before it was escaped.
struct UsedSecret {
  std::string name;  // "secret.api_key", "access_token" or "encode(...)"
  std::string value;
  SecretPlace place = SecretPlace::kHeader;
  std::string detail;  // the header's or the query parameter's name
};

struct RenderInput {
  // Borrowed for the call.
  std::string_view context;  // JSON text of an object; empty for none
  const ParameterValues* parameters = nullptr;
  std::function<std::optional<std::string>(std::string_view name)> secret;
  std::optional<std::string_view> access_token;
  // Instead of the template's; sent as it is, without substitutions.
  std::optional<std::string_view> body;
  // Whether the extension may reach this host. Asked where parameters are in the host, and then
  // a request without an answer is refused.
  std::function<bool(std::string_view host)> host_allowed;
  std::size_t max_body_bytes = 6u << 20;
};

struct RenderedRequest {
  std::string method;
  bool https = true;
  std::string host;  // in lower case
  std::optional<std::uint16_t> port;
  std::string path;   // begins with "/"
  std::string query;  // without "?"
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::vector<UsedSecret> secrets;

  std::string url() const;
};

struct RenderOutcome {
  RenderFault fault = RenderFault::kNone;
  std::string message;  // names the field and the substitution, shows no value
  RenderedRequest request;

  bool ok() const noexcept { return fault == RenderFault::kNone; }
};

RenderOutcome render(const CompiledRequest& compiled, const RenderInput& input);

}  // namespace sublet::policy
