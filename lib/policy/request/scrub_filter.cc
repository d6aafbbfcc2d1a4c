// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_filter.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"
#include "base/base64.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kGram = 4;
// Comparing more would make a text that repeats a secret's beginning expensive.
constexpr std::size_t kCompared = 64;

// The digits that are the same whatever stands before and after a secret, the first byte of which
// is byte 0, 1 or 2 of a group.
std::string base64_core(const std::string& secret, std::size_t before) {
  const std::string all = base::encode_base64(std::string(before, '\0') + secret);
  const std::size_t first = (8 * before + 5) / 6;
  return all.substr(first, 8 * (before + secret.size()) / 6 - first);
}

}  // namespace

SecretFilter::SecretFilter(std::span<const std::string> secrets) {
  for (const std::string& secret : secrets) add_needles(secret);
  std::size_t shortest = 2 * kGram - 1;
  for (const Needle& needle : needles_) shortest = std::min(shortest, needle.text.size());
  stride_ = shortest - (kGram - 1);
  for (std::uint32_t needle = 0; needle < needles_.size(); ++needle) {
    for (std::uint32_t offset = 0; offset < stride_; ++offset) add_places(needle, offset);
  }
  std::sort(places_.begin(), places_.end(),
            [](const Place& a, const Place& b) { return a.gram < b.gram; });
  // One bit in 32 is set at most, up to what the processor's nearest cache holds.
  while (shift_ > 14 && (std::size_t{1} << (32 - shift_)) < 32 * places_.size()) --shift_;
  bits_.resize((std::size_t{1} << (32 - shift_)) / 64);
  for (const Place& place : places_) {
    const std::uint32_t bit = bit_of(place.gram);
    bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

void SecretFilter::add_needles(const std::string& secret) {
  needles_.push_back({secret, Alphabet::kExact});
  needles_.push_back({base::to_hex(secret), Alphabet::kHex});
  for (const std::size_t before : {0u, 1u, 2u}) {
    needles_.push_back({base64_core(secret, before), Alphabet::kBase64});
  }
}

// The four bytes there, in every way to write them.
void SecretFilter::add_places(std::uint32_t needle, std::uint32_t offset) {
  const Alphabet alphabet = needles_[needle].alphabet;
  const std::string text = needles_[needle].text.substr(offset, kGram);
  for (unsigned others = 0; others < 1u << kGram; ++others) {
    std::string written = text;
    for (std::size_t i = 0; i < kGram; ++i) {
      if ((others >> i & 1) == 0) continue;
      const char c = text[i];
      if (alphabet == Alphabet::kHex && c >= 'a') written[i] = static_cast<char>(c - 'a' + 'A');
      if (alphabet == Alphabet::kBase64) written[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    const bool is_new = others == 0 || written != text;
    if (is_new) places_.push_back({gram_at(written.data()), needle, offset});
  }
}

std::uint32_t SecretFilter::gram_at(const char* text) noexcept {
  std::uint32_t gram = 0;
  std::memcpy(&gram, text, kGram);
  return gram;
}

char SecretFilter::folded(char c, Alphabet alphabet) noexcept {
  if (alphabet == Alphabet::kHex) return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
  if (alphabet == Alphabet::kBase64) return c == '-' ? '+' : c == '_' ? '/' : c;
  return c;
}

bool SecretFilter::may_begin_in(std::string_view text) const noexcept {
  if (needles_.empty()) return false;
  for (std::size_t at = 0; at + kGram <= text.size(); at += stride_) {
    const std::uint32_t bit = bit_of(gram_at(text.data() + at));
    if ((bits_[bit / 64] >> (bit % 64) & 1) == 0) continue;
    if (begins_around(text, at)) return true;
  }
  return false;
}

// With the four bytes at `at` among its first.
bool SecretFilter::begins_around(std::string_view text, std::size_t at) const noexcept {
  const std::uint32_t gram = gram_at(text.data() + at);
  auto place = std::lower_bound(places_.begin(), places_.end(), gram,
                                [](const Place& one, std::uint32_t key) { return one.gram < key; });
  for (; place != places_.end() && place->gram == gram; ++place) {
    if (place->offset > at) continue;
    if (begins_at(text.substr(at - place->offset), needles_[place->needle])) return true;
  }
  return false;
}

bool SecretFilter::begins_at(std::string_view text, const Needle& needle) const noexcept {
  if (text.size() < kLead) return false;
  const std::size_t count = std::min({needle.text.size(), text.size(), kCompared});
  for (std::size_t i = 0; i < count; ++i) {
    if (folded(text[i], needle.alphabet) != needle.text[i]) return false;
  }
  return true;
}

}  // namespace sublet::policy
