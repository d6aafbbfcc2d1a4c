// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/json_cursor.h"
#include "base/utf8.h"
#include "base/unique_fd.h"
#include "policy/manifest.h"
#include "policy/module_path.h"
#include "policy/names.h"
#include "sublet/extension.h"

namespace sublet {
inline namespace v1 {
namespace {

// Folders inside folders; a path of 255 bytes could name 128.
constexpr int kMaxFolders = 32;
// Directory entries looked at, those that are passed over included.
constexpr std::size_t kMaxEntries = 10'000;

using Files = std::map<std::string, std::string>;

Error refuse(std::string_view file, std::string_view what,
             ErrorCode code = ErrorCode::kInvalidArgument) {
  return {code, fmt::format("{}: {}", file, what)};
}

Error system_refusal(std::string_view file, std::string_view what, int error) {
  return refuse(file, fmt::format("{}: {}", what, std::generic_category().message(error)));
}

bool is_source(std::string_view path) {
  return path.ends_with(".js") || path.ends_with(".mjs") || path.ends_with(".json");
}

bool is_map(std::string_view path) { return path.ends_with(".map"); }

std::uint64_t size_limit(std::string_view path) {
  if (path == policy::kManifestFile) return policy::kMaxManifestBytes;
  return is_source(path) ? Bundle::kMaxSourceBytes : Bundle::kMaxBytes;
}

Result<void> check_size(std::string_view path, std::uint64_t size) {
  if (size <= size_limit(path)) return {};
  return refuse(path, fmt::format("has {} bytes; it may have at most {}", size, size_limit(path)));
}

Result<void> check_text(std::string_view path, std::string_view content) {
  const std::size_t valid = base::utf8_valid_prefix(content);
  if (valid == content.size()) return {};
  const base::TextPosition at = base::text_position(content, valid);
  return refuse(fmt::format("{}:{}:{}", path, at.line, at.column),
                fmt::format("not UTF-8 at byte {}", valid));
}

Result<void> check_path(std::string_view path) { return policy::check_bundle_path(path); }

// Adds files one by one under the limits of a bundle.
class Collector {
 public:
  Result<void> admit(std::string_view path, std::uint64_t size) {
    if (auto checked = check_path(path); !checked) return checked;
    if (auto checked = check_size(path, size); !checked) return checked;
    if (files_.size() == Bundle::kMaxFiles) {
      return refuse(path, fmt::format("the bundle has more than {} files", Bundle::kMaxFiles));
    }
    if (size > Bundle::kMaxBytes - bytes_) {
      return refuse(path,
                    fmt::format("with it the bundle has more than {} bytes", Bundle::kMaxBytes));
    }
    return {};
  }

  Result<void> add(std::string path, std::string content) {
    if (auto admitted = admit(path, content.size()); !admitted) return admitted;
    if (auto checked = check_text(path, content); !checked) return checked;
    bytes_ += content.size();
    files_.emplace(std::move(path), std::move(content));
    return {};
  }

  Result<Files> finish() {
    if (!files_.contains(std::string(policy::kManifestFile))) {
      return refuse(policy::kManifestFile, "is missing from the bundle");
    }
    return std::move(files_);
  }

 private:
  Files files_;
  std::uint64_t bytes_ = 0;
};

// Reads a directory tree by descriptors alone: each entry is opened once, relative to its folder's
// descriptor and without following links, and what was opened is what is checked and read. So a
// tree that changes meanwhile can make the reading fail, but cannot lead it elsewhere.
class DirectoryReader {
 public:
  explicit DirectoryReader(Collector& collector) : collector_(collector) {}

  Result<void> read_root(const std::filesystem::path& directory) {
    base::UniqueFd root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return system_refusal(directory.string(), "cannot be opened as a directory", errno);
    return read_folder(std::move(root), "", 0);
  }

 private:
  struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };

  Result<void> read_folder(base::UniqueFd folder, const std::string& prefix, int depth) {
    const std::string shown = prefix.empty() ? "the bundle's directory" : prefix;
    std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(folder.get()));
    if (!directory) return system_refusal(shown, "cannot be listed", errno);
    const int descriptor = folder.release();  // closedir() closes it
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) {
        if (errno != 0) return system_refusal(shown, "cannot be listed", errno);
        return {};
      }
      const std::string name = entry->d_name;
      if (name.front() == '.' || name == "node_modules") continue;
      if (++entries_ > kMaxEntries) {
        return refuse(shown, fmt::format("has more than {} entries below it", kMaxEntries));
      }
      if (auto read = read_entry(descriptor, name, prefix, depth); !read) return read;
    }
  }

  Result<void> read_entry(int folder, const std::string& name, const std::string& prefix,
                          int depth) {
    const std::string path = prefix + name;
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_refusal(policy::in_quotes(path), "cannot be read", errno);
    }
    if (S_ISLNK(status.st_mode)) return refuse(policy::in_quotes(path), "is a symbolic link");
    if (S_ISDIR(status.st_mode)) {
      if (depth == kMaxFolders) {
        return refuse(policy::in_quotes(path),
                      fmt::format("is more than {} folders deep", kMaxFolders));
      }
      base::UniqueFd child = open_below(folder, name, O_DIRECTORY);
      if (!child) return system_refusal(policy::in_quotes(path), "cannot be opened", errno);
      return read_folder(std::move(child), path + "/", depth + 1);
    }
    if (!S_ISREG(status.st_mode)) {
      return refuse(policy::in_quotes(path), "is neither a file nor a folder");
    }
    if (!is_source(name) && !is_map(name)) return {};
    return read_file(folder, name, path);
  }

  Result<void> read_file(int folder, const std::string& name, const std::string& path) {
    // O_NONBLOCK: should the file have become a FIFO since, opening it does not wait for a writer.
    const base::UniqueFd file = open_below(folder, name, O_NONBLOCK);
    if (!file) return system_refusal(policy::in_quotes(path), "cannot be opened", errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return refuse(policy::in_quotes(path), "is neither a file nor a folder");
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (auto admitted = collector_.admit(path, size); !admitted) return admitted;
    auto content = read_all(file.get(), path);
    if (!content) return content.error();
    return collector_.add(path, std::move(content).value());
  }

  static base::UniqueFd open_below(int folder, const std::string& name, int flags) {
    return base::UniqueFd(
        ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags));
  }

  // Reads to the end, but never more than the file's limit and one byte, should it grow.
  static Result<std::string> read_all(int file, const std::string& path) {
    const std::uint64_t limit = size_limit(path);
    std::string content;
    while (content.size() <= limit) {
      constexpr std::size_t kStep = 64u << 10;
      const std::size_t had = content.size();
      const std::size_t step = std::min<std::size_t>(kStep, limit + 1 - had);
      content.resize(had + step);
      const ssize_t got = ::read(file, content.data() + had, step);
      content.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_refusal(policy::in_quotes(path), "cannot be read", errno);
      if (got == 0) return content;
    }
    return refuse(path, fmt::format("grew while it was read; it may have at most {} bytes", limit));
  }

  Collector& collector_;
  std::size_t entries_ = 0;
};

}  // namespace

Result<Bundle> Bundle::from_directory(const std::filesystem::path& directory) {
  Collector collector;
  if (auto read = DirectoryReader(collector).read_root(directory); !read) return read.error();
  auto files = collector.finish();
  if (!files) return files.error();
  Bundle bundle;
  bundle.files_ = std::move(files).value();
  return bundle;
}

Result<Bundle> Bundle::from_memory(std::map<std::string, std::string> files) {
  Collector collector;
  while (!files.empty()) {
    auto file = files.extract(files.begin());
    if (auto added = collector.add(std::move(file.key()), std::move(file.mapped())); !added) {
      return added.error();
    }
  }
  auto collected = collector.finish();
  if (!collected) return collected.error();
  Bundle bundle;
  bundle.files_ = std::move(collected).value();
  return bundle;
}

}  // namespace v1
}  // namespace sublet
