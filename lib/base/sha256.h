// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sublet::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

// SHA-256 over a text given in pieces.
//
// Ownership: owns the state of the hash.
// Thread safety: none; one thread at a time.
// Blocking: never.
// Errors: none; throws std::bad_alloc where there is no memory left.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);
  // A text with its length before it (eight bytes, little-endian): no two lists of texts hash
  // alike.
  Sha256& update_sized(std::string_view bytes);
  // Ends the hash; nothing may follow.
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256Digest sha256(std::string_view bytes);

// Lower-case hexadecimal.
std::string to_hex(const Sha256Digest& digest);

}  // namespace sublet::base
