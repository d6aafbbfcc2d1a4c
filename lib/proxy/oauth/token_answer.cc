// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "policy/http_fields.h"
#include "policy/resilience/retry_after.h"
#include "proxy/codes.h"
#include "proxy/oauth/flat_json.h"
#include "proxy/oauth/form_text.h"
#include "proxy/oauth/scopes.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

using Kind = TokenRefusal::Kind;
using std::chrono::seconds;

constexpr std::size_t kMaxAnswer = 256u << 10;
constexpr std::size_t kMaxToken = 16u << 10;
constexpr seconds kMaxLifetime = std::chrono::hours(24 * 3650);

TokenRefusal refuse(Kind kind, std::string why) { return {kind, std::move(why), {}}; }

bool is_token_text(std::string_view text) {
  return !text.empty() && text.size() <= kMaxToken &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string media_type(const RequestAnswer& answer) {
  const auto field = policy::only_value_of(answer.headers, "content-type").value_or("");
  return policy::lower_case(policy::trim_field(field.substr(0, field.find(';'))));
}

std::optional<FlatObject> read_body(const RequestAnswer& answer) {
  if (!answer.body || answer.body->size() > kMaxAnswer) return std::nullopt;
  if (media_type(answer) == "application/x-www-form-urlencoded") return read_form(*answer.body);
  return FlatObject::read(*answer.body);
}

// A number of seconds, or the text of one; nothing for what is neither. 0 is what some say for a
// token that does not expire.
std::optional<seconds> read_lifetime(const FlatObject& object) {
  const FlatValue* value = object.find("expires_in");
  if (value == nullptr) return std::nullopt;
  double number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto read = std::from_chars(value->text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !(number >= 1)) return std::nullopt;
  return seconds(
      static_cast<std::int64_t>(std::min(number, static_cast<double>(kMaxLifetime.count()))));
}

bool means_invalid_grant(std::string_view code) {
  static constexpr std::array<std::string_view, 8> kCodes = {
      "invalid_grant", "bad_refresh_token",     "bad_verification_code", "code_already_used",
      "invalid_code",  "invalid_refresh_token", "token_expired",         "token_revoked"};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

TokenRefusal said(std::string_view code, int status) {
  const std::string why = fmt::format("said {}", shown_error(code));
  if (means_invalid_grant(code)) return refuse(Kind::kInvalidGrant, why);
  const bool later = code == "temporarily_unavailable" || code == "server_error" || status >= 500;
  return refuse(later ? Kind::kLater : Kind::kFinal, why);
}

TokenAnswer read_granted(const FlatObject& object) {
  const std::string type = policy::lower_case(object.text("token_type"));
  if (object.find("token_type") != nullptr && type != "bearer") {
    return refuse(Kind::kFinal, "granted a token of a type that is not Bearer");
  }
  GrantedToken out;
  out.access_token = object.text("access_token");
  out.refresh_token = object.text("refresh_token");
  const bool refresh_is_good = out.refresh_token.empty() || is_token_text(out.refresh_token);
  if (!is_token_text(out.access_token) || !refresh_is_good) {
    return refuse(Kind::kFinal, "granted a token that is none");
  }
  const FlatValue* scope = object.find("scope");
  if (scope != nullptr && scope->kind == base::JsonKind::kString) {
    out.scopes = split_scopes(scope->text);
  }
  out.expires_in = read_lifetime(object);
  return out;
}

// The proxy has no answer.
TokenRefusal no_answer(const RequestError& error) {
  static constexpr std::array<std::string_view, 14> kLater = {
      codes::kRateLimited,      codes::kUnderWay,       codes::kCircuitOpen,  codes::kConnect,
      codes::kNameUnavailable,  codes::kTimeoutConnect, codes::kTimeoutTotal, codes::kBroken,
      codes::kTimeoutFirstByte, codes::kUnavailable,    codes::kCanceled,     codes::kTls,
      codes::kProtocol,         codes::kNameNotFound};
  const bool later = std::find(kLater.begin(), kLater.end(), error.code) != kLater.end();
  TokenRefusal out = refuse(later ? Kind::kLater : Kind::kFinal,
                            fmt::format("could not be asked: {}", error.code));
  if (error.retry_after) out.retry_after = std::chrono::ceil<seconds>(*error.retry_after);
  return out;
}

std::optional<seconds> retry_after(const RequestAnswer& answer, policy::WallTime now) {
  const auto field = policy::only_value_of(answer.headers, "retry-after");
  return field ? policy::parse_retry_after(*field, now) : std::nullopt;
}

}  // namespace

GrantedToken::~GrantedToken() {
  wipe_text(access_token);
  wipe_text(refresh_token);
}

TokenAnswer read_token_answer(const RequestAnswer& answer, policy::WallTime now) {
  if (answer.error) return no_answer(*answer.error);
  if (answer.status == 429 || answer.status >= 500) {
    TokenRefusal out = refuse(Kind::kLater, fmt::format("answered with status {}", answer.status));
    out.retry_after = retry_after(answer, now);
    return out;
  }
  const auto object = read_body(answer);
  const bool has_error = object && !object->text("error").empty();
  if (has_error) return said(object->text("error"), answer.status);
  if (answer.status < 200 || answer.status > 299) {
    return refuse(Kind::kFinal, fmt::format("answered with status {}", answer.status));
  }
  if (!object) return refuse(Kind::kFinal, "gave an answer that is neither JSON nor a form");
  return read_granted(*object);
}

}  // namespace sublet::proxy
