// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace sublet::sandbox {

// Appends numbers and texts to a message. Both ends are the same program on the same machine, so
// numbers go as they lie in memory.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <typename Number>
  Writer& number(Number value) {
    static_assert(std::is_trivially_copyable_v<Number>);
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Writer& flag(bool value) { return number(static_cast<std::uint8_t>(value ? 1 : 0)); }
  Writer& text(std::string_view value) {
    number(static_cast<std::uint64_t>(value.size()));
    out_.append(value);
    return *this;
  }

 private:
  std::string& out_;
};

// Takes them from a message that may be hostile: past the first thing that does not fit, everything
// reads as zero or empty and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  template <typename Number>
  Number number() {
    static_assert(std::is_integral_v<Number>);
    Number value{};
    if (!need(sizeof value)) return value;
    std::memcpy(&value, in_.data(), sizeof value);
    in_.remove_prefix(sizeof value);
    return value;
  }
  bool flag() {
    const auto value = number<std::uint8_t>();
    if (value > 1) fail();
    return value == 1;
  }
  // A number that names one of an enum's first `count` values.
  template <typename Enum>
  Enum choice(std::uint8_t count) {
    const auto value = number<std::uint8_t>();
    if (value < count) return static_cast<Enum>(value);
    fail();
    return Enum{};
  }
  // Points into the message.
  std::string_view text(std::uint64_t most) {
    const auto size = number<std::uint64_t>();
    if (size > most) fail();
    if (!need(size)) return {};
    const std::string_view value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }
  // How many entries follow, where each has at least `smallest` bytes.
  std::uint32_t count(std::uint32_t most, std::size_t smallest) {
    const auto value = number<std::uint32_t>();
    if (value <= most && value <= in_.size() / smallest) return value;
    if (value != 0) fail();
    return 0;
  }

  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  // Nothing was wrong, and nothing is left.
  bool finished() const { return ok_ && in_.empty(); }

 private:
  bool need(std::uint64_t bytes) {
    if (ok_ && bytes <= in_.size()) return true;
    ok_ = false;
    return false;
  }

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace sublet::sandbox
