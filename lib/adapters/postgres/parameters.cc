// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/parameters.h"

#include <libpq-fe.h>

#include <utility>

namespace sublet::adapters::postgres {
namespace {

// The numbers of the types, the same in every PostgreSQL.
constexpr std::uint32_t kByteaType = 17;
constexpr std::uint32_t kBigintType = 20;

template <typename Unsigned>
void write_big_endian(char* to, Unsigned number) {
  for (std::size_t i = sizeof(number); i > 0; --i) {
    to[i - 1] = static_cast<char>(number & 0xff);
    number = static_cast<Unsigned>(number >> 8);
  }
}

template <typename Unsigned>
void append_big_endian(std::string& to, Unsigned number) {
  const std::size_t at = to.size();
  to.resize(at + sizeof(number));
  write_big_endian(to.data() + at, number);
}

// One dimension, or none where it is empty; no nulls; counted from 1.
std::string array_header(std::uint32_t element_type, std::size_t size) {
  std::string header;
  append_big_endian<std::uint32_t>(header, size == 0 ? 0 : 1);
  append_big_endian<std::uint32_t>(header, 0);
  append_big_endian<std::uint32_t>(header, element_type);
  if (size == 0) return header;
  append_big_endian<std::uint32_t>(header, static_cast<std::uint32_t>(size));
  append_big_endian<std::uint32_t>(header, 1);
  return header;
}

}  // namespace

ByteArray::ByteArray(std::size_t size) : data_(array_header(kByteaType, size)) {}

void ByteArray::add(std::string_view bytes) {
  append_big_endian<std::uint32_t>(data_, static_cast<std::uint32_t>(bytes.size()));
  data_.append(bytes);
}

NumberArray::NumberArray(std::size_t size) : data_(array_header(kBigintType, size)) {}

void NumberArray::add(std::int64_t number) {
  append_big_endian<std::uint32_t>(data_, sizeof(number));
  append_big_endian(data_, static_cast<std::uint64_t>(number));
}

Parameters& Parameters::bytes(std::string_view bytes) {
  // A null pointer would be NULL.
  add(bytes.data() == nullptr ? "" : bytes.data(), bytes.size());
  return *this;
}

Parameters& Parameters::number(std::int64_t number) {
  char* place = numbers_.at(count_).data();
  write_big_endian(place, static_cast<std::uint64_t>(number));
  add(place, sizeof(number));
  return *this;
}

Parameters& Parameters::owned(std::string data) {
  owned_.push_back(std::move(data));
  return bytes(owned_.back());
}

void Parameters::add(const char* data, std::size_t size) {
  values_.at(count_) = data;
  lengths_.at(count_) = static_cast<int>(size);
  formats_.at(count_) = 1;
  ++count_;
  size_ += size;
}

std::size_t Rows::size() const noexcept { return static_cast<std::size_t>(PQntuples(result_)); }

bool Rows::is_null(std::size_t row, int column) const noexcept {
  return PQgetisnull(result_, static_cast<int>(row), column) != 0;
}

std::int64_t Rows::number(std::size_t row, int column) const noexcept {
  std::uint64_t number = 0;
  for (const char byte : bytes(row, column)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(number);
}

std::string_view Rows::bytes(std::size_t row, int column) const noexcept {
  const int at = static_cast<int>(row);
  return {PQgetvalue(result_, at, column),
          static_cast<std::size_t>(PQgetlength(result_, at, column))};
}

}  // namespace sublet::adapters::postgres
