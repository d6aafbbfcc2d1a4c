// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_record.h"

#include <algorithm>
#include <chrono>

#include "proxy/oauth/flat_json.h"
#include "proxy/oauth/scopes.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

std::uint64_t seconds_of(policy::WallTime time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

policy::WallTime time_of(std::uint64_t seconds) {
  return policy::WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

TokenRecord::~TokenRecord() {
  wipe_text(access_token);
  wipe_text(refresh_token);
}

bool TokenRecord::is_valid(policy::WallTime now) const noexcept {
  return !access_token.empty() && (!expires_at || now < *expires_at);
}

bool TokenRecord::is_fresh(policy::WallTime now) const noexcept {
  if (!is_valid(now)) return false;
  if (!expires_at) return true;
  const std::chrono::seconds early =
      std::clamp((*expires_at - issued_at) / 10, std::chrono::seconds(0), std::chrono::seconds(60));
  return now < *expires_at - early;
}

std::string TokenRecord::to_json() const {
  FlatWriter out;
  out.text("type", "Bearer").text("grant", grant).number("generation", generation);
  out.text("binding", binding).text("access_token", access_token);
  out.text("refresh_token", refresh_token).text("scope", join_scopes(scopes));
  out.number("issued_at", seconds_of(issued_at));
  if (expires_at) out.number("expires_at", seconds_of(*expires_at));
  return out.take();
}

std::optional<TokenRecord> TokenRecord::from_json(std::string_view text) {
  const auto object = FlatObject::read(text);
  if (!object || object->text("type") != "Bearer" || object->text("grant").empty()) {
    return std::nullopt;
  }
  TokenRecord out;
  out.grant = object->text("grant");
  out.generation = object->number("generation");
  out.binding = object->text("binding");
  out.access_token = object->text("access_token");
  out.refresh_token = object->text("refresh_token");
  out.scopes = split_scopes(object->text("scope"));
  out.issued_at = time_of(object->number("issued_at"));
  if (object->find("expires_at") != nullptr) out.expires_at = time_of(object->number("expires_at"));
  return out;
}

}  // namespace sublet::proxy
