// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include "sublet/extension.h"
#include "unit/host/temporary_directory.h"

namespace sublet {
namespace {

using test::TemporaryDirectory;
using Files = std::map<std::string, std::string>;

const std::string kManifest = R"({"name":"a","version":"1.0.0","handlers":{"e":true}})";

std::string refusal(const Result<Bundle>& bundle) {
  return bundle ? "accepted" : bundle.error().message;
}

std::string in_memory(Files files) {
  files.emplace("extension.json", kManifest);
  return refusal(Bundle::from_memory(std::move(files)));
}

// A directory with a manifest and a module, to which a test adds what is wrong.
struct Tree : TemporaryDirectory {
  Tree() {
    write("extension.json", kManifest);
    write("extension.js", "export function e() {}\n");
  }
  std::string refusal() const { return sublet::refusal(Bundle::from_directory(path())); }
};

bool names(std::string_view message, std::string_view what) {
  return message.find(what) != std::string_view::npos;
}

}  // namespace

TEST_CASE("bundle: a directory is read, without what is hidden or not the extension's") {
  const Tree tree;
  tree.write("lib/deep/a.mjs", "export const a = 1;\n");
  tree.write("data.json", "{}");
  tree.write("extension.js.map", "{}");
  tree.write("README.md", "\xFF\xFE");
  tree.write(".git/config.json", "\xFF");
  tree.write(".hidden.js", "\xFF");
  tree.write("node_modules/x/index.js", "\xFF");
  const auto bundle = Bundle::from_directory(tree.path());
  REQUIRE_MESSAGE(bundle.has_value(), refusal(bundle));
  CHECK(bundle->files().size() == 5);
  CHECK(bundle->files().at("lib/deep/a.mjs") == "export const a = 1;\n");
  CHECK(bundle->files().contains("data.json"));
  CHECK(bundle->files().contains("extension.js.map"));
}

TEST_CASE("bundle: a directory and the same files from memory are equal") {
  const Tree tree;
  const auto read = Bundle::from_directory(tree.path());
  REQUIRE(read);
  const auto given = Bundle::from_memory(read->files());
  REQUIRE(given);
  CHECK(read->files() == given->files());
}

TEST_CASE("bundle: a directory that is not there, or is a file, is refused by its name") {
  const Tree tree;
  CHECK(names(refusal(Bundle::from_directory(tree.path() / "none")), "none: cannot be opened"));
  CHECK(names(refusal(Bundle::from_directory(tree.path() / "extension.js")),
              "extension.js: cannot be opened as a directory"));
  const TemporaryDirectory empty;
  CHECK(refusal(Bundle::from_directory(empty.path())) ==
        "extension.json: is missing from the bundle");
}

TEST_CASE("bundle: symbolic links are refused, whatever they point to") {
  for (const char* target : {"extension.js", "/etc/passwd", "no-such-file"}) {
    const Tree tree;
    std::filesystem::create_symlink(target, tree.path() / "b.js");
    CHECK(tree.refusal() == "\"b.js\": is a symbolic link");
  }
  const Tree tree;
  std::filesystem::create_directory_symlink("/tmp", tree.path() / "lib");
  CHECK(tree.refusal() == "\"lib\": is a symbolic link");
}

TEST_CASE("bundle: special files are refused, without waiting for them") {
  {
    const Tree tree;
    REQUIRE(::mkfifo((tree.path() / "a.js").c_str(), 0600) == 0);
    CHECK(tree.refusal() == "\"a.js\": is neither a file nor a folder");
  }
  const Tree tree;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = (tree.path() / "s").string();
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(tree.refusal() == "\"s\": is neither a file nor a folder");
  ::close(fd);
}

TEST_CASE("bundle: a file that cannot be read is refused by its name") {
  if (::geteuid() == 0) return;  // root reads every file
  const Tree tree;
  tree.write("secret.js", "1");
  REQUIRE(::chmod((tree.path() / "secret.js").c_str(), 0) == 0);
  CHECK(names(tree.refusal(), "\"secret.js\": cannot be opened: "));
}

TEST_CASE("bundle: files that are too large are refused by name and limit") {
  const Tree tree;
  tree.write("lib/big.js", std::string(Bundle::kMaxSourceBytes + 1, ' '));
  CHECK(tree.refusal() == "lib/big.js: has 2097153 bytes; it may have at most 2097152");
  CHECK(in_memory({{"a.js", std::string(Bundle::kMaxSourceBytes, ' ')}}) == "accepted");
  CHECK(in_memory({{"a.js", std::string(Bundle::kMaxSourceBytes + 1, ' ')}}) ==
        "a.js: has 2097153 bytes; it may have at most 2097152");
  CHECK(in_memory({{"a.js.map", std::string(Bundle::kMaxSourceBytes + 1, ' ')}}) == "accepted");
  CHECK(in_memory({{"a.js.map", std::string(Bundle::kMaxBytes + 1, ' ')}}) ==
        "a.js.map: has 8388609 bytes; it may have at most 8388608");
  CHECK(in_memory({{"extension.json", std::string(262'145, ' ')}}) ==
        "extension.json: has 262145 bytes; it may have at most 262144");
}

TEST_CASE("bundle: all files together are bounded, in bytes and in number") {
  Files files;
  for (int i = 0; i < 4; ++i) {
    files.emplace("f" + std::to_string(i) + ".js", std::string(Bundle::kMaxSourceBytes, ' '));
  }
  CHECK(in_memory(files) == "f3.js: with it the bundle has more than 8388608 bytes");
  files.clear();
  for (std::uint32_t i = 0; i + 1 < Bundle::kMaxFiles; ++i)
    files.emplace("f" + std::to_string(i), "");
  CHECK(in_memory(files) == "accepted");
  files.emplace("g", "");
  CHECK(in_memory(files) == "g: the bundle has more than 256 files");
}

TEST_CASE("bundle: too many folders or entries are refused") {
  {
    const Tree tree;
    std::string path;
    for (int i = 0; i < 34; ++i) path += "d/";
    tree.write(path + "a.js", "1");
    CHECK(names(tree.refusal(), "is more than 32 folders deep"));
  }
  const Tree tree;
  for (int i = 0; i < 10'001; ++i) tree.write("f" + std::to_string(i) + ".txt", "");
  CHECK(tree.refusal() == "the bundle's directory: has more than 10000 entries below it");
}

TEST_CASE("bundle: paths that lead out or are malformed are refused by their name") {
  CHECK(names(in_memory({{"../a.js", ""}}), "\"../a.js\" climbs out"));
  CHECK(names(in_memory({{"a/../b.js", ""}}), "\"a/../b.js\" climbs out"));
  CHECK(names(in_memory({{"/a.js", ""}}), "\"/a.js\" is absolute"));
  CHECK(names(in_memory({{"./a.js", ""}}), "\"./a.js\" has a \".\" part"));
  CHECK(names(in_memory({{"a//b.js", ""}}), "\"a//b.js\" has an empty part"));
  CHECK(names(in_memory({{"a\\b.js", ""}}), "has a backslash"));
  CHECK(
      names(in_memory({{std::string("a\0.js", 5), ""}}), "\"a\\x00.js\" has a control character"));
  CHECK(names(in_memory({{"a\xFF.js", ""}}), "\"a\\xff.js\" is not UTF-8"));
  CHECK(names(in_memory({{std::string(256, 'a'), ""}}), "has 256 bytes; it may have at most 255"));
  CHECK(names(in_memory({{"", ""}}), "has no name"));
  CHECK(in_memory({{"a.js", ""}, {"A.js", ""}}) == "accepted");
}

TEST_CASE("bundle: a directory's names are checked like those from memory") {
  const Tree tree;
  tree.write("a\\b.js", "1");
  CHECK(names(tree.refusal(), "has a backslash"));
  const Tree other;
  other.write("a\xFF.js", "1");
  CHECK(names(other.refusal(), "\"a\\xff.js\" is not UTF-8"));
}

TEST_CASE("bundle: text that is not UTF-8 is refused with file, line, column and byte") {
  CHECK(in_memory({{"lib/a.js", "let a;\nlet b = '\xC3(';\n"}}) ==
        "lib/a.js:2:10: not UTF-8 at byte 16");
  CHECK(in_memory({{"extension.json", "\xFF"}}) == "extension.json:1:1: not UTF-8 at byte 0");
  const Tree tree;
  tree.write("b.mjs", "//\n\xE2\x82");
  CHECK(tree.refusal() == "b.mjs:2:1: not UTF-8 at byte 3");
}

TEST_CASE("bundle: without a manifest it is none") {
  CHECK(refusal(Bundle::from_memory({{"extension.js", ""}})) ==
        "extension.json: is missing from the bundle");
  CHECK(refusal(Bundle::from_memory({})) == "extension.json: is missing from the bundle");
}

}  // namespace sublet
