// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "policy/resilience/random_source.h"

namespace sublet::policy {

// The same number each time: none of a jitter, or with kAll all of it.
class FixedRandom final : public RandomSource {
 public:
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};

  explicit FixedRandom(std::uint64_t number = 0) : number_(number) {}
  std::uint64_t next() noexcept override { return number_; }

 private:
  std::uint64_t number_;
};

}  // namespace sublet::policy
