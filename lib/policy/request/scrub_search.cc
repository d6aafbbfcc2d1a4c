// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_search.h"

#include <algorithm>

namespace sublet::policy {

void SecretSearch::push(std::string_view text) {
  for (const char c : text) {
    read({static_cast<unsigned char>(c), seen_, seen_ + 1});
    ++seen_;
  }
}

void SecretSearch::finish() {
  const auto nobody = [](const DecodedByte&) {};
  percent_.finish(nobody);
  backslash_.finish(nobody);
  entity_.finish(nobody);
  form_.finish(nobody);
  all_.finish([&](const DecodedByte& byte) { read_runs(byte); });
  base64_.finish([&](std::size_t at, const DecodedByte& byte) { in_base64_[at].push(byte); },
                 [&](std::size_t at) { in_base64_[at].cut(); });
}

void SecretSearch::restart(std::uint64_t position) {
  seen_ = position;
  plain_.cut();
  for (EscapedReading* reading : {&percent_, &backslash_, &entity_, &form_, &all_}) {
    reading->reset();
  }
  hex_.reset();
  base64_.reset();
  for (Reading& reading : in_hex_) reading.cut();
  for (Reading& reading : in_base64_) reading.cut();
}

void SecretSearch::read(const DecodedByte& byte) {
  const auto nobody = [](const DecodedByte&) {};
  plain_.push(byte);
  percent_.push(byte, nobody);
  backslash_.push(byte, nobody);
  entity_.push(byte, nobody);
  if (has_space_) form_.push(byte, nobody);
  all_.push(byte, [&](const DecodedByte& one) { read_runs(one); });
}

void SecretSearch::read_runs(const DecodedByte& byte) {
  hex_.push(
      byte, [&](std::size_t at, const DecodedByte& made) { in_hex_[at].push(made); },
      [&](std::size_t at) { in_hex_[at].cut(); });
  base64_.push(
      byte, [&](std::size_t at, const DecodedByte& made) { in_base64_[at].push(made); },
      [&](std::size_t at) { in_base64_[at].cut(); });
}

std::uint64_t SecretSearch::undecided() const {
  std::uint64_t first = std::min({seen_, plain_.begins(), percent_.begins(), backslash_.begins(),
                                  entity_.begins(), form_.begins(), all_.begins(),
                                  hex_.begins(kNoPosition), base64_.begins(kNoPosition)});
  for (const Reading& reading : in_hex_) first = std::min(first, reading.begins());
  for (const Reading& reading : in_base64_) first = std::min(first, reading.begins());
  return first;
}

}  // namespace sublet::policy
