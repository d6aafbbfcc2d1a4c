// SPDX-License-Identifier: Apache-2.0
#include "policy/events/text_pattern.h"

#include <re2/re2.h>

namespace sublet::policy {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options options() {
  RE2::Options made;
  made.set_log_errors(false);
  made.set_max_mem(1 << 20);
  return made;
}

}  // namespace

struct TextPattern::Compiled {
  explicit Compiled(std::string_view pattern) : expression(piece(pattern), options()) {}
  RE2 expression;
};

Result<TextPattern> TextPattern::compile(std::string_view pattern) {
  auto compiled = std::make_shared<const Compiled>(pattern);
  if (compiled->expression.ok()) return TextPattern(std::move(compiled));
  return Error{ErrorCode::kInvalidArgument, compiled->expression.error()};
}

bool TextPattern::is_in(std::string_view text) const {
  return RE2::PartialMatch(piece(text), compiled_->expression);
}

std::string_view TextPattern::text() const { return compiled_->expression.pattern(); }

}  // namespace sublet::policy
