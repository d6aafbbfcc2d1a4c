// SPDX-License-Identifier: Apache-2.0
#include "policy/field_checker.h"

#include <fmt/format.h>

namespace sublet::policy {

std::string shown(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count != 0 && count % 3'600'000 == 0) return fmt::format("{} h", count / 3'600'000);
  if (count != 0 && count % 1000 == 0) return fmt::format("{} s", count / 1000);
  return fmt::format("{} ms", count);
}

std::string shown(Bytes size) {
  const std::uint64_t count = size.count;
  if (count != 0 && count % (1u << 30) == 0) return fmt::format("{} GiB", count >> 30);
  if (count != 0 && count % (1u << 20) == 0) return fmt::format("{} MiB", count >> 20);
  if (count != 0 && count % (1u << 10) == 0) return fmt::format("{} KiB", count >> 10);
  return fmt::format("{} bytes", count);
}

std::string shown(std::uint32_t number) { return fmt::format("{}", number); }

std::string shown(std::uint64_t number) { return fmt::format("{}", number); }

std::string shown(double number) { return fmt::format("{}", number); }

void FieldChecker::out_of_range(std::string_view field, const std::string& value,
                                const std::string& low, const std::string& high) {
  fail(field, fmt::format("is {}; it must be between {} and {}", value, low, high));
}

void FieldChecker::fail(std::string_view field, std::string_view what) {
  result_ = Error{ErrorCode::kInvalidArgument, fmt::format("{}{} {}", prefix_, field, what)};
}

}  // namespace sublet::policy
