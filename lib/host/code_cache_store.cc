// SPDX-License-Identifier: Apache-2.0
#include "host/code_cache_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/sha256.h"

namespace sublet::host {
namespace {

constexpr std::string_view kMagic = "SUBLETCC";
constexpr std::uint64_t kFormat = 1;
// Larger than any source that a bundle may have could need.
constexpr std::uint64_t kMaxFileBytes = 64u << 20;
constexpr std::string_view kEnding = ".cache";
constexpr std::string_view kTemporaryPrefix = "tmp-";
// A writer that died left its temporary file behind; no writing takes this long.
constexpr std::int64_t kStaleTemporarySeconds = 3600;

// Magic, format, file name digest (which holds the engine's tag), payload length, payload digest.
constexpr std::size_t kHeaderBytes = 8 + 8 + 32 + 8 + 32;

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append_number(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFF);
}

void append_digest(std::string& out, const base::Sha256Digest& digest) {
  out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

std::string make_header(std::string_view name, std::string_view engine_tag,
                        std::span<const std::uint8_t> bytes) {
  std::string header(kMagic);
  append_number(header, kFormat);
  append_digest(header, base::Sha256().update_sized(name).update_sized(engine_tag).finish());
  append_number(header, bytes.size());
  append_digest(header, base::sha256(as_text(bytes)));
  return header;
}

bool read_exactly(int file, void* to, std::size_t size) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = ::read(file, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_exactly(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool is_name_part(std::string_view text) {
  const auto accepts = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), accepts);
}

Error refuse(const std::filesystem::path& directory, std::string_view what) {
  return {ErrorCode::kFailedPrecondition,
          fmt::format("HostOptions::state_directory: {}: {}", directory.string(), what)};
}

struct CacheFile {
  std::string name;
  std::uint64_t size = 0;
  timespec used{};
  bool temporary = false;
};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Regular files of ours. Empty also where the directory cannot be listed.
std::vector<CacheFile> list_files(int directory) {
  std::vector<CacheFile> files;
  base::UniqueFd copy(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!copy) return files;
  const std::unique_ptr<DIR, CloseDirectory> listing(::fdopendir(copy.get()));
  if (!listing) return files;
  (void)copy.release();  // closedir() closes it
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    const bool temporary = name.starts_with(kTemporaryPrefix);
    if (!temporary && !name.ends_with(kEnding)) continue;
    struct stat status {};
    if (::fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISREG(status.st_mode)) continue;
    files.push_back(
        {entry->d_name, static_cast<std::uint64_t>(status.st_size), status.st_mtim, temporary});
  }
  return files;
}

Result<base::UniqueFd> open_directory(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return refuse(directory, std::generic_category().message(errno));
  }
  base::UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened) {
    const int error = errno;
    return refuse(directory, error == ELOOP || error == ENOTDIR
                                 ? "is a symbolic link or no directory"
                                 : std::generic_category().message(error));
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) {
    return refuse(directory, std::generic_category().message(errno));
  }
  if (status.st_uid != ::geteuid()) return refuse(directory, "belongs to another user");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse(directory, "can be written by its group or by others; it must be mode 0700");
  }
  return opened;
}

}  // namespace

CodeCacheStore::CodeCacheStore(base::UniqueFd directory, std::string engine_tag,
                               std::uint64_t max_bytes)
    : directory_(std::move(directory)),
      engine_tag_(std::move(engine_tag)),
      tag_digest_(base::to_hex(base::sha256(engine_tag_)).substr(0, 16)),
      max_bytes_(max_bytes) {}

Result<std::unique_ptr<CodeCacheStore>> CodeCacheStore::open(
    const std::filesystem::path& state_directory, std::string engine_tag, std::uint64_t max_bytes) {
  std::error_code error;
  std::filesystem::create_directories(state_directory, error);
  if (error) return refuse(state_directory, error.message());
  auto directory = open_directory(state_directory / "code-cache");
  if (!directory) return directory.error();
  std::unique_ptr<CodeCacheStore> store(
      new CodeCacheStore(std::move(directory).value(), std::move(engine_tag), max_bytes));
  const base::MutexLock lock(store->mutex_);
  store->remove_least_recently_used();
  return store;
}

std::string CodeCacheStore::file_name(std::string_view digest, std::string_view part) const {
  return fmt::format("{}-{}-{}{}", digest, part, tag_digest_, kEnding);
}

std::optional<std::vector<std::uint8_t>> CodeCacheStore::load(std::string_view digest,
                                                              std::string_view part) {
  if (!is_name_part(digest) || !is_name_part(part)) return std::nullopt;
  const std::string name = file_name(digest, part);
  const base::UniqueFd file(
      ::openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const bool there = static_cast<bool>(file) || errno == ELOOP;
  auto bytes = file ? read_checked(file.get(), name) : std::nullopt;
  if (bytes) {
    ++hits_;
    (void)::futimens(file.get(), nullptr);  // used just now
  } else if (there) {
    ++rejected_;
    (void)::unlinkat(directory_.get(), name.c_str(), 0);
  } else {
    ++misses_;
  }
  return bytes;
}

std::optional<std::vector<std::uint8_t>> CodeCacheStore::read_checked(int file,
                                                                      std::string_view name) const {
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return std::nullopt;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < kHeaderBytes || size > kHeaderBytes + kMaxFileBytes) return std::nullopt;
  std::array<char, kHeaderBytes> header;
  if (!read_exactly(file, header.data(), header.size())) return std::nullopt;
  std::vector<std::uint8_t> bytes(size - kHeaderBytes);
  if (!read_exactly(file, bytes.data(), bytes.size())) return std::nullopt;
  if (std::string_view(header.data(), header.size()) != make_header(name, engine_tag_, bytes)) {
    return std::nullopt;
  }
  return bytes;
}

bool CodeCacheStore::store(std::string_view digest, std::string_view part,
                           std::span<const std::uint8_t> bytes) {
  const bool stored = is_name_part(digest) && is_name_part(part) && bytes.size() <= kMaxFileBytes &&
                      write_file(file_name(digest, part), bytes);
  if (!stored) {
    ++store_failures_;
    return false;
  }
  ++stored_;
  const base::MutexLock lock(mutex_);
  bytes_ += kHeaderBytes + bytes.size();
  if (bytes_ > max_bytes_) remove_least_recently_used();
  return true;
}

// Written beside its place and renamed into it, so that a reader finds all of it or nothing. It is
// not synced: after a crash the digest tells.
bool CodeCacheStore::write_file(const std::string& name, std::span<const std::uint8_t> bytes) {
  const std::string temporary =
      fmt::format("{}{}-{}-{}", kTemporaryPrefix, ::getpid(), temporaries_++, name);
  const int directory = directory_.get();
  const base::UniqueFd file(::openat(directory, temporary.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return false;
  const bool written = write_exactly(file.get(), make_header(name, engine_tag_, bytes)) &&
                       write_exactly(file.get(), as_text(bytes)) &&
                       ::renameat(directory, temporary.c_str(), directory, name.c_str()) == 0;
  if (!written) (void)::unlinkat(directory, temporary.c_str(), 0);
  return written;
}

void CodeCacheStore::remove_least_recently_used() {
  std::vector<CacheFile> files = list_files(directory_.get());
  const auto older = [](const CacheFile& a, const CacheFile& b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  };
  std::sort(files.begin(), files.end(), older);
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);
  bytes_ = 0;
  for (const CacheFile& file : files) bytes_ += file.size;
  // Some room is made at once, so that not every store lists the directory.
  const std::uint64_t target = bytes_ > max_bytes_ ? max_bytes_ - max_bytes_ / 8 : max_bytes_;
  for (const CacheFile& file : files) {
    const bool stale = file.temporary && now.tv_sec - file.used.tv_sec > kStaleTemporarySeconds;
    if (bytes_ <= target && !file.temporary) continue;
    if (file.temporary && !stale) continue;
    if (::unlinkat(directory_.get(), file.name.c_str(), 0) == 0) bytes_ -= file.size;
  }
}

CodeCacheStats CodeCacheStore::stats() const {
  return {hits_, misses_, rejected_, stored_, store_failures_};
}

}  // namespace sublet::host
