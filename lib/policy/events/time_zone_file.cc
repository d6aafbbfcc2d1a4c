// SPDX-License-Identifier: Apache-2.0
#include "policy/events/time_zone_file.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sublet::policy {
namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kCountsAt = 20;

struct Header {
  char version = 0;
  // In the file's order: UT indicators, standard indicators, leap seconds, transitions, types,
  // characters of names.
  std::array<std::uint64_t, 6> counts{};

  std::uint64_t body_bytes(std::uint64_t bytes_of_time) const {
    return counts[0] + counts[1] + counts[2] * (bytes_of_time + 4) +
           counts[3] * (bytes_of_time + 1) + counts[4] * 6 + counts[5];
  }
};

std::optional<Header> header_of(std::string_view content) {
  if (content.size() < kHeaderBytes || !content.starts_with("TZif")) return std::nullopt;
  Header header;
  header.version = content[kVersionAt];
  for (std::size_t i = 0; i < header.counts.size(); ++i) {
    for (std::size_t byte = 0; byte < 4; ++byte) {
      header.counts.at(i) =
          header.counts.at(i) << 8 | static_cast<unsigned char>(content[kCountsAt + 4 * i + byte]);
    }
  }
  if (header.counts[4] == 0) return std::nullopt;  // there is no time without a type
  return header;
}

}  // namespace

std::optional<std::string> time_zone_rule(std::string_view content) {
  std::optional<Header> header = header_of(content);
  if (!header || header->version == 0) return std::nullopt;
  const std::uint64_t first = kHeaderBytes + header->body_bytes(4);
  if (first > content.size()) return std::nullopt;
  content.remove_prefix(first);
  const char version = header->version;
  header = header_of(content);
  if (!header || header->version != version) return std::nullopt;
  const std::uint64_t second = kHeaderBytes + header->body_bytes(8);
  if (second > content.size()) return std::nullopt;
  content.remove_prefix(second);
  if (!content.starts_with('\n') || !content.ends_with('\n') || content.size() < 2) {
    return std::nullopt;
  }
  return std::string(content.substr(1, content.size() - 2));
}

}  // namespace sublet::policy
