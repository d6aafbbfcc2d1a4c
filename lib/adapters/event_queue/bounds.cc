// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/bounds.h"

#include <string>

namespace sublet::adapters {
namespace {

Error out_of_range(std::string field, const std::string& value, const std::string& least,
                   const std::string& most) {
  return {ErrorCode::kInvalidArgument,
          std::move(field) + " is " + value + "; it must be " + least + " to " + most};
}

std::string in_ms(std::chrono::milliseconds span) { return std::to_string(span.count()) + " ms"; }

}  // namespace

Result<void> check_range(std::string_view field, std::uint64_t value, std::uint64_t least,
                         std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return out_of_range(std::string(field), std::to_string(value), std::to_string(least),
                      std::to_string(most));
}

Result<void> check_bytes(std::string_view field, std::string_view bytes, std::size_t least,
                         std::size_t most) {
  if (bytes.size() >= least && bytes.size() <= most) return {};
  return out_of_range(std::string(field) + "'s size in bytes", std::to_string(bytes.size()),
                      std::to_string(least), std::to_string(most));
}

Result<void> check_span(std::string_view field, std::chrono::milliseconds value,
                        std::chrono::milliseconds least, std::chrono::milliseconds most) {
  if (value >= least && value <= most) return {};
  return out_of_range(std::string(field), in_ms(value), in_ms(least), in_ms(most));
}

}  // namespace sublet::adapters
