// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/key_range.h"

namespace sublet::adapters {

std::optional<std::string> end_of_prefix(std::string_view prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) {
    prefix.remove_suffix(1);
  }
  if (prefix.empty()) return std::nullopt;
  std::string end(prefix);
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace sublet::adapters
