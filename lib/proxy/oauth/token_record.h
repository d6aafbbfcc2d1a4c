// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/http_date.h"

namespace sublet::proxy {

// What is kept of one grant: the tokens, and what has to be known to get others. Wiped when it
// ends.
struct TokenRecord {
  // Of one authorization: what its refreshes bring belongs to it, and to no later one.
  std::string grant;
  // One more with each answer of the provider.
  std::uint64_t generation = 0;
  // Of the client and the token URL that the tokens came from: they go to no other.
  std::string binding;
  std::string access_token;   // empty: forgotten
  std::string refresh_token;  // empty: there is none
  std::vector<std::string> scopes;
  policy::WallTime issued_at{};
  std::optional<policy::WallTime> expires_at = {};

  TokenRecord() = default;
  ~TokenRecord();
  TokenRecord(const TokenRecord&) = default;
  TokenRecord& operator=(const TokenRecord&) = default;
  TokenRecord(TokenRecord&&) = default;
  TokenRecord& operator=(TokenRecord&&) = default;

  // The access token has not expired.
  bool is_valid(policy::WallTime now) const noexcept;
  // It does not do so soon either: in the last minute, or the last tenth of its life where that is
  // shorter.
  bool is_fresh(policy::WallTime now) const noexcept;

  std::string to_json() const;
  static std::optional<TokenRecord> from_json(std::string_view text);
};

}  // namespace sublet::proxy
