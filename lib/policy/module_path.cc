// SPDX-License-Identifier: Apache-2.0
#include "policy/module_path.h"

#include <fmt/format.h>

#include <array>

#include "base/utf8.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

Error wrong_path(std::string_view path, std::string_view rule) {
  return {ErrorCode::kInvalidArgument, fmt::format("the file path {} {}", in_quotes(path), rule)};
}

bool begins_relative(std::string_view specifier) {
  return specifier.starts_with("./") || specifier.starts_with("../");
}

// What may have been meant by a specifier without its ending, or with the ending of a source file.
std::optional<std::string> near_miss(std::string_view path, const HasFile& has_file) {
  static constexpr std::array<std::string_view, 5> kEndings = {".js", ".mjs", ".json", "/index.js",
                                                               "/index.mjs"};
  for (const std::string_view ending : kEndings) {
    if (std::string candidate = fmt::format("{}{}", path, ending); has_file(candidate)) {
      return std::string(ending);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<void> check_bundle_path(std::string_view path) {
  if (path.empty()) return Error{ErrorCode::kInvalidArgument, "a file of the bundle has no name"};
  if (path.size() > kMaxPath) {
    return wrong_path(path,
                      fmt::format("has {} bytes; it may have at most {}", path.size(), kMaxPath));
  }
  if (!base::is_utf8(path)) return wrong_path(path, "is not UTF-8");
  for (const char c : path) {
    if (c == '\\') return wrong_path(path, "has a backslash; parts are separated by '/'");
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return wrong_path(path, "has a control character");
    }
  }
  if (path.front() == '/') return wrong_path(path, "is absolute; it must be relative");
  for (std::string_view rest = path;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty()) return wrong_path(path, "has an empty part");
    if (part == "..") return wrong_path(path, "climbs out: \"..\" is not allowed");
    if (part == ".") return wrong_path(path, "has a \".\" part");
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

std::optional<std::string> join_path(std::string_view from, std::string_view reference) {
  if (reference.empty() || reference.front() == '/') return std::nullopt;
  const std::size_t folder_end = from.rfind('/');
  std::string path(folder_end == std::string_view::npos ? "" : from.substr(0, folder_end));
  for (std::string_view rest = reference;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part == "..") {
      if (path.empty()) return std::nullopt;
      const std::size_t parent = path.rfind('/');
      path.resize(parent == std::string::npos ? 0 : parent);
    } else if (part != ".") {
      if (!path.empty()) path += '/';
      path += part;
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!check_bundle_path(path)) return std::nullopt;
  return path;
}

Result<std::string> resolve_specifier(std::string_view importer, std::string_view specifier,
                                      const HasFile& has_file, std::string_view position) {
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{}{}{}: import {} {}", importer, position.empty() ? "" : ":",
                             position, in_quotes(specifier), why)};
  };
  if (!begins_relative(specifier)) {
    return refuse(
        "is not a file of the bundle; packages must be bundled before the install, and files are "
        "imported by \"./\" or \"../\"");
  }
  const std::optional<std::string> path = join_path(importer, specifier);
  if (!path) return refuse("climbs out of the bundle or is no well-formed path");
  if (has_file(*path)) return *path;
  if (const auto ending = near_miss(*path, has_file)) {
    return refuse(fmt::format("is not there; write the whole name: {}",
                              in_quotes(fmt::format("{}{}", specifier, *ending))));
  }
  return refuse(fmt::format("is not there: the bundle has no file {}", in_quotes(*path)));
}

}  // namespace sublet::policy
