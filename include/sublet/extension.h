// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// What survives from one invocation of an extension to the next.
enum class State : std::uint8_t {
  kInvocation,  // nothing: every invocation has fresh globals and module state
  kTenant,      // module state and globals are kept until the isolate is evicted
};

// What the globals are.
enum class Realm : std::uint8_t {
  kStandard,  // ordinary JavaScript globals; fresh state costs a context
  kFrozen,    // every intrinsic and the global are frozen; fresh state costs a closure
};

// The files of one extension as submitted: `extension.json` (the manifest) and its ES modules.
//
// Ownership: owns copies of all files.
// Thread safety: const-safe.
// Blocking: from_directory() reads files; nothing else blocks.
// Errors: a Result that names the file; throws nothing.
class SUBLET_EXPORT Bundle {
 public:
  // The size of all files together, and how many there may be.
  static constexpr std::uint64_t kMaxBytes = 8u << 20;
  static constexpr std::uint32_t kMaxFiles = 256;
  // The size of one JavaScript file: V8's parser cannot be interrupted.
  static constexpr std::uint64_t kMaxSourceBytes = 2u << 20;

  // Reads a directory: extension.json, and every .js, .mjs, .json and .map file below it. Hidden
  // files and node_modules are passed over; a symbolic link or a special file is refused.
  static Result<Bundle> from_directory(const std::filesystem::path& directory);

  // Takes files by their path inside the bundle ("extension.json", "extension.js", "lib/a.js").
  // Paths use '/', are relative, and may not contain "." or ".." parts.
  static Result<Bundle> from_memory(std::map<std::string, std::string> files);

  const std::map<std::string, std::string>& files() const noexcept { return files_; }

 private:
  Bundle() = default;

  std::map<std::string, std::string> files_;
};

// How a bundle is installed.
struct InstallOptions {
  // The values of the manifest's parameters: a JSON object. They are laid over those that an
  // install before gave: what is left out stays, null removes. Nullopt: those stay as they are.
  std::optional<std::string> parameters;
};

// The parameters of an installed extension.
struct InstalledParameters {
  std::string json;                  // of those that are no secrets, defaults included
  std::vector<std::string> secrets;  // the names of those that are and have a value
};

// One installed extension, as ExtensionHost::list() shows it.
struct ExtensionInfo {
  std::string tenant;
  std::string name;
  std::string version;
  // SHA-256 of the bundle's files, hexadecimal: equal bundles share one code cache.
  std::string digest;
  // Event names that it listens to, sorted.
  std::vector<std::string> events;
  State state = State::kInvocation;
  Realm realm = Realm::kStandard;
  // Counts the installs of this tenant and name, from 1.
  std::uint64_t revision = 1;
};

}  // namespace v1
}  // namespace sublet
