// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::policy {

// Says quickly that no secret begins in a text without escapes: not as it is, not in hexadecimal
// and not in base64. It looks up four bytes in a set of bits, at every fourth place where no secret
// is shorter than seven bytes; only what is in the set is compared with the secrets.
//
// Ownership: owns what it needs of the secrets.
// Thread safety: immutable.
class SecretFilter {
 public:
  // A beginning is known by so many bytes: it is not seen in the last kLead - 1 of a text.
  static constexpr std::size_t kLead = 8;

  // Each of at least four bytes.
  explicit SecretFilter(std::span<const std::string> secrets);

  // False where none begins. True where one does, or may, because the text ends too early to tell
  // or because what comes after its first bytes was not compared.
  bool may_begin_in(std::string_view text) const noexcept;

 private:
  enum class Alphabet : std::uint8_t { kExact, kHex, kBase64 };
  struct Needle {
    std::string text;
    Alphabet alphabet;
  };
  // Where in a needle four bytes are.
  struct Place {
    std::uint32_t gram;
    std::uint32_t needle;
    std::uint32_t offset;
  };

  static std::uint32_t gram_at(const char* text) noexcept;
  static char folded(char c, Alphabet alphabet) noexcept;
  void add_needles(const std::string& secret);
  void add_places(std::uint32_t needle, std::uint32_t offset);
  std::uint32_t bit_of(std::uint32_t gram) const noexcept { return (gram * 0x9E3779B1u) >> shift_; }
  bool begins_around(std::string_view text, std::size_t at) const noexcept;
  bool begins_at(std::string_view text, const Needle& needle) const noexcept;

  std::vector<Needle> needles_;
  std::vector<Place> places_;  // in the order of their grams
  std::size_t stride_ = 1;
  unsigned shift_ = 16;
  std::vector<std::uint64_t> bits_;
};

}  // namespace sublet::policy
