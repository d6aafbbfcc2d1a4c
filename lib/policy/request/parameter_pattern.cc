// SPDX-License-Identifier: Apache-2.0
#include <re2/re2.h>

#include "policy/request/parameters.h"

namespace sublet::policy {
namespace {

RE2::Options options() {
  RE2::Options made;
  made.set_log_errors(false);
  made.set_max_mem(1 << 20);
  return made;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string pattern_fault(std::string_view pattern) {
  const RE2 compiled(piece(pattern), options());
  return compiled.ok() ? std::string() : compiled.error();
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  const RE2 compiled(piece(pattern), options());
  return compiled.ok() && RE2::FullMatch(piece(text), compiled);
}

}  // namespace sublet::policy
