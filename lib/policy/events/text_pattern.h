// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sublet/result.h"

namespace sublet::policy {

// A regular expression that takes time in proportion to the text, whatever the text: no references
// back, nothing that looks ahead or behind.
//
// Ownership: shared, immutable. Thread safety: const-safe.
class TextPattern {
 public:
  // The message of an error says what is wrong with it.
  static Result<TextPattern> compile(std::string_view pattern);

  // Whether it matches somewhere in the text, which is UTF-8.
  bool is_in(std::string_view text) const;
  std::string_view text() const;

 private:
  struct Compiled;
  explicit TextPattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sublet::policy
