// SPDX-License-Identifier: Apache-2.0
#include "host/code_cache_store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "unit/host/temporary_directory.h"

namespace sublet::host {
namespace {

using test::TemporaryDirectory;
using Content = std::vector<std::uint8_t>;

const std::string kDigest(64, 'd');

std::unique_ptr<CodeCacheStore> open_store(const std::filesystem::path& state,
                                           const std::string& tag = "v8-10.2",
                                           std::uint64_t max_bytes = 1u << 20) {
  auto store = CodeCacheStore::open(state, tag, max_bytes);
  REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().message));
  return std::move(store).value();
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& state) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(state / "code-cache")) {
    files.push_back(entry.path());
  }
  return files;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void set_used(const std::filesystem::path& path, int seconds_ago) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec then{now.tv_sec - seconds_ago, 0};
  const timespec times[2] = {then, then};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("code_cache_store: what was stored is loaded, by digest, part and engine tag") {
  const TemporaryDirectory state;
  const Content bytes = {1, 2, 3, 0, 255};
  const auto store = open_store(state.path());
  CHECK_FALSE(store->load(kDigest, "0").has_value());
  CHECK(store->store(kDigest, "0", bytes));
  CHECK(store->load(kDigest, "0") == bytes);
  CHECK_FALSE(store->load(kDigest, "1").has_value());
  CHECK_FALSE(store->load(std::string(64, 'e'), "0").has_value());
  CHECK_FALSE(open_store(state.path(), "v8-11.3")->load(kDigest, "0").has_value());
  CHECK(open_store(state.path())->load(kDigest, "0") == bytes);
  CHECK(store->store(kDigest, "0", Content{9}));
  CHECK(store->load(kDigest, "0") == Content{9});
  CHECK(store->store(kDigest, "closure", {}));
  CHECK(store->load(kDigest, "closure") == Content{});
  const CodeCacheStats stats = store->stats();
  CHECK(stats.hits == 3);
  CHECK(stats.misses == 3);
  CHECK(stats.stored == 3);
  CHECK(stats.rejected == 0);
  CHECK(stats.store_failures == 0);
}

TEST_CASE("code_cache_store: directory and files are this user's alone") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path() / "deep" / "state");
  REQUIRE(store->store(kDigest, "0", Content{1}));
  struct stat status {};
  REQUIRE(::stat((state.path() / "deep/state/code-cache").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  const auto files = files_of(state.path() / "deep/state");
  REQUIRE(files.size() == 1);
  REQUIRE(::stat(files[0].c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("code_cache_store: a directory that others could write is refused") {
  const TemporaryDirectory state;
  std::filesystem::create_directory(state.path() / "code-cache");
  for (const mode_t mode : {0770, 0707, 0777, 01777}) {
    REQUIRE(::chmod((state.path() / "code-cache").c_str(), mode) == 0);
    const auto store = CodeCacheStore::open(state.path(), "tag");
    REQUIRE_FALSE(store);
    CHECK(store.error().code == ErrorCode::kFailedPrecondition);
    CHECK(store.error().message.find("can be written by its group or by others") !=
          std::string::npos);
  }
  if (::geteuid() == 0) {
    REQUIRE(::chmod((state.path() / "code-cache").c_str(), 0700) == 0);
    REQUIRE(::chown((state.path() / "code-cache").c_str(), 12345, 12345) == 0);
    const auto store = CodeCacheStore::open(state.path(), "tag");
    REQUIRE_FALSE(store);
    CHECK(store.error().message.find("belongs to another user") != std::string::npos);
  }
}

TEST_CASE("code_cache_store: a directory that is a link or a file is refused") {
  const TemporaryDirectory state;
  const TemporaryDirectory elsewhere;
  std::filesystem::create_directory_symlink(elsewhere.path(), state.path() / "code-cache");
  CHECK_FALSE(CodeCacheStore::open(state.path(), "tag"));
  std::filesystem::remove(state.path() / "code-cache");
  state.write("code-cache", "");
  CHECK_FALSE(CodeCacheStore::open(state.path(), "tag"));
  CHECK_FALSE(CodeCacheStore::open(state.path() / "code-cache" / "below", "tag"));
}

TEST_CASE("code_cache_store: every damage to a file is found, and the file removed") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path());
  const Content bytes(100, 7);
  REQUIRE(store->store(kDigest, "0", bytes));
  const auto path = files_of(state.path()).at(0);
  const std::string sound = read_file(path);
  std::uint64_t rejected = 0;
  const auto check_rejected = [&](const std::string& text) {
    write_file(path, text);
    CHECK_FALSE(store->load(kDigest, "0").has_value());
    CHECK(store->stats().rejected == ++rejected);
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(::close(::open(path.c_str(), O_CREAT | O_WRONLY, 0600)) == 0);  // keeps the mode
  };
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    check_rejected(damaged);
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{8}, sound.size() - 101, sound.size() - 1}) {
    check_rejected(sound.substr(0, size));
  }
  check_rejected(sound + "x");
  write_file(path, sound);
  CHECK(store->load(kDigest, "0") == bytes);
}

TEST_CASE("code_cache_store: a file in another's place is refused, though it is sound in its own") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path());
  REQUIRE(store->store(kDigest, "0", Content{1}));
  const auto first = files_of(state.path()).at(0);
  REQUIRE(store->store(kDigest, "1", Content{2}));
  for (const auto& path : files_of(state.path())) {
    if (path != first) std::filesystem::rename(path, first);
  }
  CHECK_FALSE(store->load(kDigest, "0").has_value());
  CHECK(store->stats().rejected == 1);
}

TEST_CASE("code_cache_store: links and files that others could write are not followed or trusted") {
  const TemporaryDirectory state;
  const TemporaryDirectory elsewhere;
  const auto store = open_store(state.path());
  REQUIRE(store->store(kDigest, "0", Content{1}));
  const auto path = files_of(state.path()).at(0);
  std::filesystem::rename(path, elsewhere.path() / "moved");
  std::filesystem::create_symlink(elsewhere.path() / "moved", path);
  CHECK_FALSE(store->load(kDigest, "0").has_value());
  CHECK_FALSE(std::filesystem::is_symlink(path));
  CHECK(std::filesystem::exists(elsewhere.path() / "moved"));
  std::filesystem::create_symlink(elsewhere.path() / "target", path);
  CHECK(store->store(kDigest, "0", Content{2}));
  CHECK_FALSE(std::filesystem::exists(elsewhere.path() / "target"));
  CHECK(store->load(kDigest, "0") == Content{2});
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK_FALSE(store->load(kDigest, "0").has_value());
}

TEST_CASE("code_cache_store: names that are not of ours reach no file") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path());
  for (const char* name : {"", "../x", "a/b", ".", "A", "a-b"}) {
    CHECK_FALSE(store->store(name, "0", Content{1}));
    CHECK_FALSE(store->store(kDigest, name, Content{1}));
    CHECK_FALSE(store->load(name, "0").has_value());
  }
  CHECK(files_of(state.path()).empty());
  CHECK(store->stats().store_failures == 12);
}

TEST_CASE("code_cache_store: the least recently used files make room") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path(), "tag", 10'000);
  const Content bytes(2000, 1);
  for (const char* part : {"a", "b", "c", "d"}) {
    REQUIRE(store->store(kDigest, part, bytes));
    for (const auto& path : files_of(state.path())) {
      if (path.filename().string().find(std::string("-") + part + "-") == std::string::npos)
        continue;
      set_used(path, 1000 - (part[0] - 'a') * 100);
    }
  }
  CHECK(store->load(kDigest, "a").has_value());  // used now: "b" is the oldest
  REQUIRE(store->store(kDigest, "e", bytes));
  CHECK(store->load(kDigest, "a").has_value());
  CHECK_FALSE(store->load(kDigest, "b").has_value());
  CHECK(store->load(kDigest, "e").has_value());
  std::uint64_t total = 0;
  for (const auto& path : files_of(state.path())) total += std::filesystem::file_size(path);
  CHECK(total <= 10'000);
}

TEST_CASE("code_cache_store: what a writer that died left behind is removed at the next start") {
  const TemporaryDirectory state;
  (void)open_store(state.path());
  state.write("code-cache/tmp-1-2-old", "half");
  state.write("code-cache/tmp-1-2-new", "half");
  state.write("code-cache/other", "not ours");
  set_used(state.path() / "code-cache/tmp-1-2-old", 7200);
  (void)open_store(state.path());
  CHECK_FALSE(std::filesystem::exists(state.path() / "code-cache/tmp-1-2-old"));
  CHECK(std::filesystem::exists(state.path() / "code-cache/tmp-1-2-new"));
  CHECK(std::filesystem::exists(state.path() / "code-cache/other"));
}

TEST_CASE("code_cache_store: a directory that vanished only costs the cache") {
  const TemporaryDirectory state;
  const auto store = open_store(state.path());
  std::filesystem::remove_all(state.path() / "code-cache");
  CHECK_FALSE(store->store(kDigest, "0", Content{1}));
  CHECK_FALSE(store->load(kDigest, "0").has_value());
  CHECK(store->stats().store_failures == 1);
}

}  // namespace sublet::host
