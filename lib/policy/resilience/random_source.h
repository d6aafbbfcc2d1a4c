// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sublet::policy {

// Random numbers for jitter, injected so that tests know them. Not for secrets.
//
// Ownership: of whoever passes it in. Thread safety: none; the caller's lock.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // All 64 bits alike.
  virtual std::uint64_t next() noexcept = 0;

  // From 0 to `most`, both included; off from even by less than one part in 2^64 / `most`.
  std::uint64_t up_to(std::uint64_t most) noexcept {
    return static_cast<std::uint64_t>(
        (static_cast<unsigned __int128>(next()) * (static_cast<unsigned __int128>(most) + 1)) >>
        64);
  }
};

// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
class SplitMix64 final : public RandomSource {
 public:
  explicit SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept override {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sublet::policy
