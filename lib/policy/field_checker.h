// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::policy {

// A value as an error message shows it: in the largest unit that makes it a whole number.
std::string shown(std::chrono::milliseconds time);
std::string shown(Bytes size);
std::string shown(std::uint32_t number);
std::string shown(std::uint64_t number);
std::string shown(double number);

// Remembers the first field of an options struct that is out of its range.
//
// Ownership: `prefix` outlives it. Thread safety: none; a local variable.
class FieldChecker {
 public:
  explicit FieldChecker(std::string_view prefix) : prefix_(prefix) {}

  template <typename T>
  FieldChecker& between(std::string_view field, T value, T low, T high) {
    // Written so that no comparison with a NaN passes.
    if (result_.has_value() && !(low <= value && value <= high)) {
      out_of_range(field, shown(value), shown(low), shown(high));
    }
    return *this;
  }

  FieldChecker& require(bool holds, std::string_view field, std::string_view otherwise) {
    if (result_.has_value() && !holds) fail(field, otherwise);
    return *this;
  }

  Result<void> result() const { return result_; }

 private:
  void out_of_range(std::string_view field, const std::string& value, const std::string& low,
                    const std::string& high);
  void fail(std::string_view field, std::string_view what);

  std::string_view prefix_;
  Result<void> result_;
};

}  // namespace sublet::policy
