// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/result.h"

// What stands for a secret in a header of `fetch`, which tenant code may see:
//
//   sublet-secret-<nonce>-<hexadecimal of JSON>-
//
// The nonce is drawn in JavaScript for each context, so that text of others (a customer's, that an
// extension passes on) never is one. The JSON is {"secret": name}, {"token": provider, "user": ...}
// or {"encode": text}: base64 of a text with placeholders in it.
namespace sublet::hostcall {

struct Placeholder {
  enum class Kind : std::uint8_t { kSecret, kToken, kEncode };
  Kind kind = Kind::kSecret;
  std::string text;  // the name, the provider, or what is to be encoded
  std::string user;  // kToken
};

// The value of a placeholder that is no kEncode; an error refuses the request.
using PlaceholderValue = std::function<Result<std::string>(const Placeholder& placeholder)>;

// The text with every placeholder replaced. `replaced` is told every value that was put in, encoded
// ones too. What looks like a placeholder and is none is an error.
Result<std::string> replace_placeholders(std::string_view text, std::string_view nonce,
                                         const PlaceholderValue& value,
                                         const std::function<void(std::string)>& replaced);

}  // namespace sublet::hostcall
