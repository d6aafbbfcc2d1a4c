// SPDX-License-Identifier: Apache-2.0
#include "host/program_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "base/sha256.h"
#include "base/source_map.h"
#include "base/utf8.h"
#include "policy/module_path.h"
#include "policy/names.h"

namespace sublet::host {
namespace {

constexpr std::uint32_t kMaxJsonModuleDepth = 1000;
constexpr std::string_view kSourceMappingUrl = "sourceMappingURL=";

using Files = std::map<std::string, std::string>;

bool is_javascript(std::string_view path) {
  return path.ends_with(".js") || path.ends_with(".mjs");
}

bool is_module(std::string_view path) { return is_javascript(path) || path.ends_with(".json"); }

Error refuse(std::string_view file, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", file, what)};
}

// The value of the last `//# sourceMappingURL=` line (`//@` of old), empty where there is none.
std::string_view source_mapping_url(std::string_view text) {
  const std::size_t at = text.rfind(kSourceMappingUrl);
  if (at == std::string_view::npos || at < 4) return {};
  const std::string_view mark = text.substr(at - 4, 4);
  if (mark != "//# " && mark != "//@ ") return {};
  const std::string_view url = text.substr(at + kSourceMappingUrl.size());
  return url.substr(0, std::min(url.find_first_of(" \t\r\n'\""), url.size()));
}

// The text of a `data:application/json[;charset=...];base64,...` URL.
std::optional<std::string> decode_data_url(std::string_view url) {
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view type = url.substr(0, comma);
  if (!type.starts_with("data:application/json") || !type.ends_with(";base64")) {
    return std::nullopt;
  }
  return base::decode_base64(url.substr(comma + 1));
}

// The map of one file as text, and what to call it in a message.
struct MapText {
  std::string name;
  std::string text;
};

std::optional<MapText> find_source_map(const Files& files, const std::string& path,
                                       std::string_view text) {
  if (const auto beside = files.find(path + ".map"); beside != files.end()) {
    return MapText{beside->first, beside->second};
  }
  const std::string_view url = source_mapping_url(text);
  if (url.starts_with("data:")) {
    auto decoded = decode_data_url(url);
    if (!decoded) return std::nullopt;
    return MapText{fmt::format("{}: its inline source map", path), std::move(*decoded)};
  }
  const auto joined = policy::join_path(path, url);
  if (!joined || !joined->ends_with(".map")) return std::nullopt;
  const auto named = files.find(*joined);
  if (named == files.end()) return std::nullopt;
  return MapText{named->first, named->second};
}

Result<void> attach_source_map(const Files& files, engine::ProgramModule& module) {
  const auto map = find_source_map(files, module.path, module.text);
  if (!map) return {};
  auto parsed = base::SourceMap::parse(map->text);
  if (!parsed) return refuse(map->name, parsed.error().message);
  module.source_map = std::move(parsed).value();
  return {};
}

// The text is parsed when the module is evaluated: written into the module as a literal, a member
// named "__proto__" would mean something else than in JSON.
std::string json_module(std::string_view json) {
  std::string text = "export default JSON.parse('";
  text.reserve(json.size() + json.size() / 8 + 64);
  for (const char c : json) {
    if (c == '\\' || c == '\'') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else {
      text += c;
    }
  }
  text += "');\n";
  return text;
}

Result<std::string> json_module_text(const std::string& path, std::string_view json) {
  const base::JsonScan scan = base::scan_json(json, kMaxJsonModuleDepth);
  if (scan.ok()) return json_module(json);
  const base::TextPosition at = base::text_position(json, scan.offset);
  const std::string where = fmt::format("{}:{}:{}", path, at.line, at.column);
  if (scan.fault == base::JsonFault::kTooDeep) {
    return refuse(where, fmt::format("nested deeper than {} levels", kMaxJsonModuleDepth));
  }
  return refuse(where, "no valid JSON");
}

Result<std::unique_ptr<engine::ProgramModule>> build_module(const Files& files,
                                                            const std::string& path,
                                                            const std::string& content) {
  auto module = std::make_unique<engine::ProgramModule>();
  module->path = path;
  if (is_javascript(path)) {
    module->text = content;
    if (auto attached = attach_source_map(files, *module); !attached) return attached.error();
  } else {
    auto text = json_module_text(path, content);
    if (!text) return text.error();
    module->text = std::move(text).value();
  }
  module->ascii = base::is_ascii(module->text);
  return module;
}

// Fills modules, main, and refuses a manifest whose main file is not there.
Result<void> add_modules(const Bundle& bundle, const policy::Manifest& manifest,
                         engine::Program& program) {
  if (!bundle.files().contains(manifest.main)) {
    return refuse(policy::kManifestFile,
                  fmt::format("main names {}, which the bundle does not have",
                              policy::in_quotes(manifest.main)));
  }
  for (const auto& [path, content] : bundle.files()) {
    if (!is_module(path)) continue;
    auto module = build_module(bundle.files(), path, content);
    if (!module) return module.error();
    if (path == manifest.main) program.main = program.modules.size();
    program.modules.push_back(std::move(module).value());
  }
  return {};
}

void add_handlers(BuiltProgram& built) {
  auto& exports = built.program->exports;
  for (const policy::ManifestHandler& handler : built.manifest.handlers) {
    const auto known = std::find(exports.begin(), exports.end(), handler.export_name);
    const auto index = static_cast<std::size_t>(known - exports.begin());
    if (known == exports.end()) exports.push_back(handler.export_name);
    built.handlers.emplace(handler.event, index);
  }
}

}  // namespace

std::string bundle_digest(const Bundle& bundle) {
  base::Sha256 hash;
  hash.update_sized("sublet bundle 1");
  for (const auto& [path, content] : bundle.files()) hash.update_sized(path).update_sized(content);
  return base::to_hex(hash.finish());
}

Result<BuiltProgram> build_program(const Bundle& bundle) {
  const auto manifest_file = bundle.files().find(std::string(policy::kManifestFile));
  if (manifest_file == bundle.files().end()) {
    return refuse(policy::kManifestFile, "is missing from the bundle");
  }
  auto manifest = policy::parse_manifest(manifest_file->second);
  if (!manifest) return manifest.error();

  BuiltProgram built;
  built.manifest = std::move(manifest).value();
  built.program = std::make_shared<engine::Program>();
  built.program->digest = bundle_digest(bundle);
  built.program->realm = built.manifest.realm;
  built.program->state = built.manifest.state;
  if (auto added = add_modules(bundle, built.manifest, *built.program); !added) {
    return added.error();
  }
  add_handlers(built);
  return built;
}

}  // namespace sublet::host
