// SPDX-License-Identifier: Apache-2.0
#include "policy/request/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "policy/names.h"
#include "policy/suggestion.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kMaxTerms = 16;

Error wrong(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '-';
}

// Reads one expression, without its "<%=" and "%>".
class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : whole_(text), text_(text) {}

  Result<Piece> run() {
    Piece piece;
    skip_space();
    piece.encoded = take("encode(");
    const Result<void> read = piece.encoded ? sum(piece) : term(piece, false);
    if (!read) return read.error();
    skip_space();
    if (!text_.empty()) {
      return wrong(fmt::format("{} is not understood after {}", in_quotes(text_), before()));
    }
    return piece;
  }

 private:
  std::string before() const { return in_quotes(whole_.substr(0, whole_.size() - text_.size())); }

  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
      text_.remove_prefix(1);
    }
  }

  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  std::string word() {
    std::size_t length = 0;
    while (length < text_.size() && is_word_character(text_[length])) ++length;
    std::string out(text_.substr(0, length));
    text_.remove_prefix(length);
    return out;
  }

  Result<void> sum(Piece& piece) {
    do {
      skip_space();
      if (piece.terms.size() == kMaxTerms) {
        return wrong(fmt::format("encode() has more than {} terms", kMaxTerms));
      }
      if (auto read = term(piece, true); !read) return read;
      skip_space();
    } while (take("+"));
    if (take(")")) return {};
    return wrong("encode( is not closed by )");
  }

  Result<void> term(Piece& piece, bool may_be_literal) {
    Term made;
    if (may_be_literal && (text_.starts_with('"') || text_.starts_with('\''))) {
      const std::size_t end = text_.find(text_.front(), 1);
      if (end == std::string_view::npos) return wrong("a quote in encode() is not closed");
      made.text = text_.substr(1, end - 1);
      text_.remove_prefix(end + 1);
    } else if (auto read = reference(made); !read) {
      return read;
    }
    piece.terms.push_back(std::move(made));
    return {};
  }

  Result<void> reference(Term& out) {
    const std::string_view start = text_;
    const std::string root = word();
    while (take(".")) {
      std::string part = word();
      if (part.empty()) return unknown(start);
      out.path.push_back(std::move(part));
    }
    if (root == "access_token" && out.path.empty()) {
      out.kind = Term::Kind::kAccessToken;
      return {};
    }
    if (root == "context" && !out.path.empty()) {
      out.kind = Term::Kind::kContext;
      if (out.path.size() <= kMaxContextPath) return {};
      return wrong(fmt::format("context has a path of {} names; at most {}", out.path.size(),
                               kMaxContextPath));
    }
    if ((root != "param" && root != "secret") || out.path.size() != 1) return unknown(start);
    out.kind = root == "param" ? Term::Kind::kParameter : Term::Kind::kSecret;
    out.text = std::move(out.path.front());
    out.path.clear();
    return {};
  }

  Error unknown(std::string_view start) const {
    static constexpr std::array<std::string_view, 5> kKnown = {"context", "param", "secret",
                                                               "access_token", "encode"};
    const std::size_t read = start.size() - text_.size();
    std::string what = fmt::format(
        "unknown substitution {}; there are context.NAME, param.NAME, secret.NAME, access_token "
        "and encode(...)",
        in_quotes(read == 0 ? start : start.substr(0, read)));
    const std::string_view root = start.substr(0, start.find_first_of(".( "));
    const auto nearest = nearest_word(root, kKnown);
    if (nearest && *nearest != root) what += fmt::format("; did you mean {}?", *nearest);
    return wrong(std::move(what));
  }

  std::string_view whole_;
  std::string_view text_;
};

// Where the "%>" of a substitution is: not inside quotes.
std::size_t end_of(std::string_view text) {
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != '\0') {
      if (text[i] == quote) quote = '\0';
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (text.substr(i).starts_with("%>")) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string Term::to_string() const {
  switch (kind) {
    case Kind::kLiteral:
      return in_quotes(text);
    case Kind::kContext: {
      std::string out = "context";
      for (const std::string& name : path) out += "." + name;
      return out;
    }
    case Kind::kParameter:
      return "param." + text;
    case Kind::kSecret:
      return "secret." + text;
    case Kind::kAccessToken:
      break;
  }
  return "access_token";
}

Result<std::vector<Piece>> parse_pieces(std::string_view text) {
  std::vector<Piece> pieces;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) pieces.emplace_back().literal = std::exchange(literal, {});
  };
  while (!text.empty()) {
    const std::size_t open = std::min(text.find("<%"), text.size());
    literal += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    if (text.starts_with("<%%")) {
      literal += "<%";
      text.remove_prefix(3);
      continue;
    }
    if (!text.starts_with("<%=")) {
      return wrong("\"<%\" must be \"<%=\" for a substitution, or \"<%%\" for itself");
    }
    text.remove_prefix(3);
    const std::size_t end = end_of(text);
    if (end == std::string_view::npos) return wrong("\"<%=\" is not closed by \"%>\"");
    auto piece = ExpressionParser(text.substr(0, end)).run();
    if (!piece) return piece.error();
    flush();
    pieces.push_back(std::move(*piece));
    text.remove_prefix(end + 2);
  }
  flush();
  return pieces;
}

}  // namespace sublet::policy
