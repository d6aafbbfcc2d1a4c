// SPDX-License-Identifier: Apache-2.0
#include "base/event_ids.h"

#include <charconv>
#include <random>
#include <string_view>

namespace sublet::base {

EventIds::EventIds() {
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::random_device random;
  prefix_ = "evt_";
  for (int i = 0; i < 16; ++i) prefix_ += kDigits[random() % kDigits.size()];
  prefix_ += '_';
}

std::string EventIds::next() {
  char digits[16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits,
                                          count_.fetch_add(1, std::memory_order_relaxed) + 1, 16);
  std::string id = prefix_;
  id.append(digits, end);
  return id;
}

}  // namespace sublet::base
