// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/result.h"

// The language inside the texts of a request:
//
//   <%= context.a.b %>   what the extension gives with the request; "a.0" is the first of an array
//   <%= param.x %>       a parameter that is no secret
//   <%= secret.x %>      a parameter that is one
//   <%= access_token %>  of the provider in options.oauth
//   <%= encode(param.user + ":" + secret.password) %>   base64 of one of these, or of several and
//   of
//                        quoted texts in a row, as HTTP's Basic scheme needs it
//   <%%                  a literal "<%"
namespace sublet::policy {

inline constexpr std::size_t kMaxSubstitutions = 256;
inline constexpr std::size_t kMaxContextPath = 8;

struct Term {
  enum class Kind : std::uint8_t { kLiteral, kContext, kParameter, kSecret, kAccessToken };

  Kind kind = Kind::kLiteral;
  std::string text;               // a literal's, or a parameter's name
  std::vector<std::string> path;  // in the context
  std::size_t slot = 0;           // of the path, among the request's

  bool is_secret() const noexcept { return kind == Kind::kSecret || kind == Kind::kAccessToken; }
  // As it is written, for messages.
  std::string to_string() const;
};

// What a value may do to the text around it, and so how it is escaped.
enum class Position : std::uint8_t {
  kHost,
  kPathSegment,
  kQuery,
  kHeader,
  kJsonString,
  kJsonValue,  // as JSON of its type
  kForm,
  kXml,
  kPlain,
};

// A stretch of a text: a literal, or what is substituted.
struct Piece {
  std::string literal;      // where there are no terms
  std::vector<Term> terms;  // one, or with `encoded` up to 16
  bool encoded = false;
  Position position = Position::kPlain;

  bool is_literal() const noexcept { return terms.empty(); }
};

// The pieces of a text, no literal empty and no two in a row. An error's message says what is wrong
// and not where.
Result<std::vector<Piece>> parse_pieces(std::string_view text);

inline bool is_one_substitution(const std::vector<Piece>& pieces) {
  return pieces.size() == 1 && !pieces.front().is_literal();
}

}  // namespace sublet::policy
