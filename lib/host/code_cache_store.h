// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/unique_fd.h"
#include "sublet/result.h"

namespace sublet::host {

// Counted since open(); a failure changes nothing but the speed of the next compilation.
struct CodeCacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t rejected = 0;  // found, but damaged or foreign; removed
  std::uint64_t stored = 0;
  std::uint64_t store_failures = 0;
};

// Code caches on disk: `<state directory>/code-cache`, one file for each module of each bundle.
//
// V8 trusts what it is given: who can write these files can run native code in this process. What
// protects them is the directory, which must belong to this process's user and be writable by
// nobody else (open() refuses any other), and which is held open and reached by its descriptor
// alone. The digest in each file finds damage, such as a crash or a full disk leaves; against
// somebody who can write the directory it is no protection.
//
// Ownership: owns the directory's descriptor.
// Thread safety: thread-safe; several processes may share a directory.
// Blocking: reads and writes files.
// Errors: open() answers a Result; load() and store() only count.
class CodeCacheStore {
 public:
  static constexpr std::uint64_t kDefaultMaxBytes = 256u << 20;

  // Creates what is missing, with access for this user alone. `engine_tag` is Engine::cache_tag().
  static Result<std::unique_ptr<CodeCacheStore>> open(const std::filesystem::path& state_directory,
                                                      std::string engine_tag,
                                                      std::uint64_t max_bytes = kDefaultMaxBytes);

  // `digest` is Program::digest; `part` tells the pieces of one program apart: "0" for the first
  // module, "closure". Both are of [a-z0-9].
  std::optional<std::vector<std::uint8_t>> load(std::string_view digest, std::string_view part);

  // True where the file is in place. Removes the least recently used files when all of them are
  // larger than `max_bytes` together.
  bool store(std::string_view digest, std::string_view part, std::span<const std::uint8_t> bytes);

  CodeCacheStats stats() const;

 private:
  CodeCacheStore(base::UniqueFd directory, std::string engine_tag, std::uint64_t max_bytes);

  std::string file_name(std::string_view digest, std::string_view part) const;
  std::optional<std::vector<std::uint8_t>> read_checked(int file, std::string_view name) const;
  bool write_file(const std::string& name, std::span<const std::uint8_t> bytes);
  void remove_least_recently_used() SUBLET_REQUIRES(mutex_);

  const base::UniqueFd directory_;
  const std::string engine_tag_;
  const std::string tag_digest_;
  const std::uint64_t max_bytes_;

  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> stored_{0};
  std::atomic<std::uint64_t> store_failures_{0};
  std::atomic<std::uint64_t> temporaries_{0};

  // Of the files in the directory as last counted, and what was stored since.
  mutable base::Mutex mutex_;
  std::uint64_t bytes_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::host
