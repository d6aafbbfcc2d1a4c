// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/result.h"

// AES-256-GCM with random nonces, and what goes with it.
namespace sublet::adapters {

// A key, wiped when it ends.
//
// Ownership: owns the bytes; shared as a pointer, never copied.
// Thread safety: immutable.
class SecretKey {
 public:
  using Bytes = std::array<std::uint8_t, 32>;

  explicit SecretKey(const Bytes& bytes) : bytes_(bytes) {}
  ~SecretKey();
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  const std::uint8_t* data() const noexcept { return bytes_.data(); }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  Bytes bytes_;
};

// Wipes memory that held a secret.
void wipe(void* bytes, std::size_t size) noexcept;

inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kCipherOverhead = kNonceBytes + kTagBytes;

// What is bound to a text without being in it: texts with their sizes, so that no two lists of them
// are the same.
class Bound {
 public:
  Bound& add(std::string_view text);
  Bound& add(std::uint64_t number);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// False: the machine gives no random bytes.
bool random_bytes(void* out, std::size_t size) noexcept;

// Nonce, ciphertext and tag.
Result<std::string> encrypt(const SecretKey& key, const Bound& bound, std::string_view plain);
// Nothing where any of it is not what encrypt() made with this key and bound to this.
std::optional<std::string> decrypt(const SecretKey& key, const Bound& bound,
                                   std::string_view sealed);

}  // namespace sublet::adapters
