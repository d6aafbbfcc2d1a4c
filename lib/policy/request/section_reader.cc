// SPDX-License-Identifier: Apache-2.0
#include "policy/request/section_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/manifest.h"
#include "policy/names.h"
#include "policy/suggestion.h"

namespace sublet::policy {

using base::JsonKind;

Error SectionReader::refuse_at(std::uint32_t line, std::string_view what) const {
  return {ErrorCode::kInvalidArgument, fmt::format("{}:{}: {}", kManifestFile, line, what)};
}

std::uint32_t SectionReader::line_of(std::size_t offset) {
  if (offset < counted_) {
    counted_ = 0;
    counted_line_ = 1;
  }
  const std::string_view between = text_.substr(counted_, offset - counted_);
  counted_line_ += static_cast<std::uint32_t>(std::count(between.begin(), between.end(), '\n'));
  counted_ = offset;
  return counted_line_;
}

std::string shown(const std::string& name) {
  const std::string quoted = in_quotes(name);
  return quoted.size() == name.size() + 2 ? name : quoted;
}

Result<void> SectionReader::check_member(
    const std::string& field, std::size_t most, const std::string& name, std::uint32_t line,
    std::unordered_map<std::string, std::uint32_t>& seen) const {
  const auto [at, is_new] = seen.emplace(name, line);
  if (!is_new) {
    return refuse_at(line, fmt::format("{}.{} is given twice; first in line {}", field, shown(name),
                                       at->second));
  }
  if (seen.size() <= most) return {};
  return refuse_at(line, fmt::format("{} has more than {} entries", field, most));
}

Error SectionReader::unknown(const std::string& field, const std::string& name, std::uint32_t line,
                             std::span<const std::string_view> known) const {
  std::string what = fmt::format("unknown field {}", in_quotes(fmt::format("{}.{}", field, name)));
  if (const auto nearest = nearest_word(name, known)) {
    what += fmt::format("; did you mean \"{}.{}\"?", field, *nearest);
  }
  return refuse_at(line, what);
}

Error SectionReader::too_many(const std::string& field, std::size_t most) {
  return refuse(fmt::format("{} has more than {} entries", field, most));
}

Result<void> SectionReader::text(const std::string& field, std::size_t most, LocatedText& out) {
  if (kind() != JsonKind::kString) return refuse(field + " must be a string");
  out.line = line();
  out.text = cursor_.string();
  if (out.text.size() <= most) return {};
  return refuse_at(out.line, fmt::format("{} has {} bytes; it may have at most {}", field,
                                         out.text.size(), most));
}

Result<void> SectionReader::text(const std::string& field, std::size_t most, std::string& out) {
  LocatedText located;
  auto read = text(field, most, located);
  out = std::move(located.text);
  return read;
}

Result<void> SectionReader::flag(const std::string& field, bool& out) {
  if (kind() != JsonKind::kBoolean) return refuse(field + " must be true or false");
  out = cursor_.raw() == "true";
  return {};
}

Result<void> SectionReader::word(const std::string& field, std::string_view first,
                                 std::string_view second, bool& is_second) {
  const std::uint32_t at = line();
  const std::string word = kind() == JsonKind::kString ? cursor_.string() : std::string();
  if (word != first && word != second) {
    return refuse_at(at, fmt::format("{} must be \"{}\" or \"{}\"", field, first, second));
  }
  is_second = word == second;
  return {};
}

Result<void> SectionReader::number(const std::string& field, std::uint64_t low, std::uint64_t high,
                                   std::uint64_t& out) {
  const std::uint32_t at = line();
  const auto value = kind() == JsonKind::kNumber ? base::whole_number(cursor_.raw()) : std::nullopt;
  if (!value || *value < low || *value > high) {
    return refuse_at(at,
                     fmt::format("{} must be a whole number between {} and {}", field, low, high));
  }
  out = *value;
  return {};
}

Result<void> SectionReader::texts(const std::string& field, std::size_t most_entries,
                                  std::size_t most, std::vector<std::string>& out) {
  return elements(field, most_entries, [&](const std::string& inner) -> Result<void> {
    const std::uint32_t at = line();
    std::string one;
    if (auto read = text(inner, most, one); !read) return read;
    if (one.empty()) return refuse_at(at, inner + " is empty");
    if (std::find(out.begin(), out.end(), one) != out.end()) {
      return refuse_at(at, fmt::format("{} {} is there twice", inner, in_quotes(one)));
    }
    out.push_back(std::move(one));
    return {};
  });
}

}  // namespace sublet::policy
