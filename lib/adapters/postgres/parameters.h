// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
struct pg_result;
}

// Values as they go over the wire: in binary, so that bytes need no escaping and no copy.
namespace sublet::adapters::postgres {

// Makes the binary form of a bytea[].
class ByteArray {
 public:
  explicit ByteArray(std::size_t size);
  void add(std::string_view bytes);
  std::string take() && { return std::move(data_); }

 private:
  std::string data_;
};

// Makes the binary form of a bigint[].
class NumberArray {
 public:
  explicit NumberArray(std::size_t size);
  void add(std::int64_t number);
  std::string take() && { return std::move(data_); }

 private:
  std::string data_;
};

// The parameters of one statement, in order. What bytes() gets has to stay until they are sent.
//
// Thread safety: none.
class Parameters {
 public:
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  Parameters& bytes(std::string_view bytes);
  Parameters& number(std::int64_t number);
  Parameters& owned(std::string data);
  Parameters& array(ByteArray array) { return owned(std::move(array).take()); }
  Parameters& array(NumberArray array) { return owned(std::move(array).take()); }

  int count() const noexcept { return static_cast<int>(count_); }
  const char* const* values() const noexcept { return values_.data(); }
  const int* lengths() const noexcept { return lengths_.data(); }
  const int* formats() const noexcept { return formats_.data(); }
  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kMost = 16;

  void add(const char* data, std::size_t size);

  std::size_t count_ = 0;
  std::size_t size_ = 0;
  std::array<const char*, kMost> values_{};
  std::array<int, kMost> lengths_{};
  std::array<int, kMost> formats_{};
  std::array<std::array<char, 8>, kMost> numbers_{};
  std::deque<std::string> owned_;
};

// Reads the rows that one statement answered, in binary. Columns are bytea or bigint.
class Rows {
 public:
  explicit Rows(const pg_result* result) noexcept : result_(result) {}

  std::size_t size() const noexcept;
  bool is_null(std::size_t row, int column) const noexcept;
  // 0 where it is null.
  std::int64_t number(std::size_t row, int column) const noexcept;
  std::string_view bytes(std::size_t row, int column) const noexcept;

 private:
  const pg_result* result_;
};

}  // namespace sublet::adapters::postgres
