// SPDX-License-Identifier: Apache-2.0
#include "policy/module_path.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace sublet::policy {
namespace {

std::string message(const Result<void>& checked) {
  return checked ? "accepted" : checked.error().message;
}

std::string resolve(std::string_view importer, std::string_view specifier) {
  static const std::set<std::string, std::less<>> kFiles = {
      "extension.js", "lib/a.js", "lib/b.mjs", "lib/deep/c.js", "data.json", "dir/index.js"};
  const auto has = [](std::string_view path) { return kFiles.contains(path); };
  const auto path = resolve_specifier(importer, specifier, has, "3:7");
  return path ? path.value() : path.error().message;
}

bool names(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

}  // namespace

TEST_CASE("module_path: paths inside a bundle") {
  for (const char* path : {"a", "extension.json", "lib/a.js", "..a/b..", "\xC3\xA9.js", "a b.js"}) {
    CAPTURE(path);
    CHECK(check_bundle_path(path));
  }
  CHECK(check_bundle_path(std::string(255, 'a')));
}

TEST_CASE("module_path: a path that leads elsewhere or is malformed is refused by its name") {
  CHECK(message(check_bundle_path("")) == "a file of the bundle has no name");
  CHECK(message(check_bundle_path("/etc/passwd")) ==
        "the file path \"/etc/passwd\" is absolute; it must be relative");
  CHECK(message(check_bundle_path("../a.js")) ==
        "the file path \"../a.js\" climbs out: \"..\" is not allowed");
  CHECK(names(message(check_bundle_path("a/../../b")), "climbs out"));
  CHECK(names(message(check_bundle_path("a/..")), "climbs out"));
  CHECK(names(message(check_bundle_path("./a.js")), "has a \".\" part"));
  CHECK(names(message(check_bundle_path("a//b.js")), "has an empty part"));
  CHECK(names(message(check_bundle_path("a/")), "has an empty part"));
  CHECK(names(message(check_bundle_path("a\\b.js")), "backslash"));
  CHECK(names(message(check_bundle_path(std::string("a\0b", 3))), "control character"));
  CHECK(names(message(check_bundle_path("a\nb")), "\"a\\x0ab\" has a control character"));
  CHECK(names(message(check_bundle_path("a\x80")), "is not UTF-8"));
  CHECK(names(message(check_bundle_path(std::string(256, 'a'))),
              "has 256 bytes; it may have at most 255"));
}

TEST_CASE("module_path: relative specifiers name a file from the importer's folder") {
  CHECK(resolve("extension.js", "./lib/a.js") == "lib/a.js");
  CHECK(resolve("lib/a.js", "./b.mjs") == "lib/b.mjs");
  CHECK(resolve("lib/a.js", "../data.json") == "data.json");
  CHECK(resolve("lib/deep/c.js", "../../extension.js") == "extension.js");
  CHECK(resolve("lib/deep/c.js", "./.././a.js") == "lib/a.js");
}

TEST_CASE("module_path: what cannot be resolved is refused with importer, position and a way out") {
  CHECK(names(resolve("lib/a.js", "lodash"),
              "lib/a.js:3:7: import \"lodash\" is not a file of the "
              "bundle; packages must be bundled"));
  for (const char* specifier :
       {"node:fs", "/extension.js", "https://x/y.js", "data:text/javascript,1", "", ".", "..", "#a",
        "file:///etc/passwd"}) {
    CAPTURE(specifier);
    CHECK(names(resolve("extension.js", specifier), "must be bundled"));
  }
  CHECK(names(resolve("extension.js", "../extension.js"), "climbs out"));
  CHECK(names(resolve("lib/a.js", "../../a.js"), "climbs out"));
  CHECK(names(resolve("extension.js", "./lib//a.js"), "no well-formed path"));
  CHECK(names(resolve("extension.js", "./lib\\a.js"), "no well-formed path"));
  CHECK(names(resolve("extension.js", "./none.js"), "the bundle has no file \"none.js\""));
  CHECK(names(resolve("extension.js", "./lib/a"), "write the whole name: \"./lib/a.js\""));
  CHECK(names(resolve("extension.js", "./dir"), "write the whole name: \"./dir/index.js\""));
  CHECK(names(resolve("extension.js", "./lib/a.js?x"), "is not there"));
}

}  // namespace sublet::policy
