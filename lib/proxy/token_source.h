// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "proxy/request_plan.h"

namespace sublet::proxy {

// An access token, as `<%= access_token %>` uses it.
struct AccessToken {
  std::string value;
};
using Tokened = std::variant<AccessToken, RequestError>;  // kNotAuthorized, kTokenFailed
using TokenCallback = std::function<void(Tokened)>;

// Access tokens of one installed extension.
//
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside, under no lock.
class TokenSource {
 public:
  virtual ~TokenSource() = default;

  // A token that is good for now, as far as anybody knows: from memory, from the store, or new.
  virtual void get(const std::string& provider, const std::string& user, TokenCallback done) = 0;
  // After a 401: another one than `refused`. Answers at once with one that somebody else got
  // meanwhile; else one flight per token, across processes, refreshes it.
  virtual void renew(const std::string& provider, const std::string& user, std::string_view refused,
                     TokenCallback done) = 0;
};

}  // namespace sublet::proxy
