// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support.h"

namespace sublet::scenario {
namespace {

namespace fs = std::filesystem;

// A folder that goes away with its test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "sublet-scenario-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<ExtensionInfo> install_files(TestHost& host,
                                    const std::map<std::string, std::string>& files) {
  const auto bundle = Bundle::from_memory(files);
  if (!bundle) return bundle.error();
  return host->install("acme", *bundle);
}

std::string refusal(const Result<ExtensionInfo>& result) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::kInvalidArgument);
  return result.error().message;
}

#define CHECK_NAMES(message, part) \
  CHECK_MESSAGE((message).find(part) != std::string::npos, (message))

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("install: code that is wrong is refused by file and line; the old version stays") {
    TestHost host;
    host.install("export const run = () => 'old';");
    const struct {
      const char* what;
      const char* code;
      const char* named;
    } programs[] = {
        {"a syntax error", "export const run = () => 1;\nlet = ;\n", "extension.js:2"},
        {"an unclosed string", "\n\nexport const run = () => 'a;\n", "extension.js:3"},
        {"an import that is not there", "import { a } from './b.js';\nexport const run = () => a;",
         "./b.js"},
        {"an import that climbs out", "import '../b.js';\nexport const run = () => 1;", "../b.js"},
        {"an import of a package", "import _ from 'lodash';\nexport const run = () => 1;",
         "lodash"},
        {"an import of Node", "import fs from 'node:fs';\nexport const run = () => 1;", "node:fs"},
        {"an import of an address",
         "import 'https://example.com/a.js';\nexport const run = () => 1;", "https://example.com"},
        {"an imported name that is not exported",
         "import { b } from './a.js';\nexport const run = () => b;", "extension.js:1"},
        {"a throw at the top", "export const run = () => 1;\nthrow new TypeError('at the top');",
         "at the top"},
        {"a top-level await that never settles",
         "export const run = () => 1;\nawait new Promise(() => {});", "await"},
        {"a name that is not defined", "\nexport const run = () => 1;\nmissing();",
         "extension.js:3"},
    };
    for (const auto& each : programs) {
      INFO(std::string(each.what));
      const auto message = refusal(install_files(
          host, bundle_files(each.code, {.more_files = {{"a.js", "export let a;"}}})));
      CHECK_NAMES(message, each.named);
      CHECK_NAMES(message, "extension.js");
      CHECK_ANSWER(host.run(), "\"old\"");
    }
    CHECK(host->list()[0].revision == 1);
  }

  TEST_CASE("install: a mistake in an imported file names that file") {
    TestHost host;
    const auto message = refusal(install_files(
        host,
        bundle_files("import './lib/a.js';\nexport const run = () => 1;",
                     {.more_files = {{"lib/a.js", "export const a = 1;\n\nconst ] = 1;\n"}}})));
    CHECK_NAMES(message, "lib/a.js:3");
  }

  TEST_CASE("install: top-level code that spins is ended at the startup limit") {
    auto policy = ample_policy();
    policy.limits.startup_cpu_time = 50ms;
    TestHost host(policy);
    const auto message =
        refusal(install_files(host, bundle_files("export const run = () => 1;\nfor (;;);")));
    CHECK_NAMES(message, "startup_cpu_time");
  }

  TEST_CASE("install: paths of files are checked") {
    for (const char* path : {"../a.js", "/a.js", "a/../b.js", "./a.js", "a//b.js", "a\\b.js", "",
                             "a/", "a\nb.js", "\xff.js"}) {
      INFO(std::string(path));
      auto files = bundle_files("export const run = () => 1;");
      files[path] = "1;";
      const auto bundle = Bundle::from_memory(files);
      REQUIRE_FALSE(bundle.has_value());
      CHECK(bundle.error().code == ErrorCode::kInvalidArgument);
    }
  }

  TEST_CASE("install: text that is not UTF-8 is refused by file") {
    auto files = bundle_files("export const run = () => 1;");
    files["lib/bad.js"] = "// \xff\xfe\n";
    TestHost host;
    const auto message = refusal(install_files(host, files));
    CHECK_NAMES(message, "lib/bad.js");
    CHECK_NAMES(message, "UTF-8");
  }

  TEST_CASE("install: sizes and counts of files are bounded") {
    auto files = bundle_files("export const run = () => 1;");
    auto large = files;
    large["big.js"] = std::string(Bundle::kMaxSourceBytes + 1, ' ');
    auto heavy = files;
    for (int i = 0; i < 9; ++i)
      heavy["data" + std::to_string(i) + ".json"] = std::string(1 << 20, ' ');
    auto many = files;
    for (std::uint32_t i = 0; i < Bundle::kMaxFiles; ++i)
      many["f" + std::to_string(i) + ".js"] = "";
    TestHost host;
    CHECK_NAMES(refusal(install_files(host, large)), "big.js");
    CHECK_NAMES(refusal(install_files(host, heavy)), std::to_string(Bundle::kMaxBytes));
    CHECK_NAMES(refusal(install_files(host, many)), std::to_string(Bundle::kMaxFiles));
  }

  TEST_CASE("install: a folder is read with its subfolders; hidden files are passed over") {
    const Folder folder;
    folder.write("extension.json", manifest().dump());
    folder.write("extension.js",
                 "import { one } from './lib/deep/one.mjs';\nimport data from './data.json';\n"
                 "export const run = () => one + data.two;");
    folder.write("lib/deep/one.mjs", "export const one = 1;\n");
    folder.write("data.json", R"({"two": 2})");
    folder.write(".hidden/a.js", "][");
    folder.write("node_modules/x/index.js", "][");
    folder.write("README.md", "# not code");
    const auto bundle = Bundle::from_directory(folder.path());
    REQUIRE_MESSAGE(bundle.has_value(), bundle.error().message);
    CHECK(bundle->files().size() == 4);
    TestHost host;
    REQUIRE(host->install("acme", *bundle));
    CHECK_ANSWER(host.run(), "3");
  }

  TEST_CASE("install: a symbolic link, a pipe and a folder that is not there are refused") {
    const Folder folder;
    folder.write("extension.json", manifest().dump());
    folder.write("extension.js", "export const run = () => 1;");
    fs::create_symlink("/etc/hostname", folder.path() / "secret.js");
    const auto linked = Bundle::from_directory(folder.path());
    REQUIRE_FALSE(linked.has_value());
    CHECK_NAMES(linked.error().message, "secret.js");
    fs::remove(folder.path() / "secret.js");

    fs::create_directory_symlink("/etc", folder.path() / "lib");
    const auto linked_folder = Bundle::from_directory(folder.path());
    REQUIRE_FALSE(linked_folder.has_value());
    CHECK_NAMES(linked_folder.error().message, "lib");
    fs::remove(folder.path() / "lib");
    CHECK(Bundle::from_directory(folder.path()).has_value());

    const auto missing = Bundle::from_directory(folder.path() / "none");
    REQUIRE_FALSE(missing.has_value());
    CHECK_NAMES(missing.error().message, "none");
  }

  TEST_CASE("install: a source map gives stacks of the files that were written") {
    // One generated line from src/main.ts: column 0 is line 5, column 2 of it.
    const std::string map =
        R"({"version":3,"sources":["src/main.ts"],"names":[],"mappings":"AAIE"})";
    TestHost host;
    host.install(
        "export const run = () => { throw new Error('x'); };\n//# "
        "sourceMappingURL=extension.js.map\n",
        {.more_files = {{"extension.js.map", map}}});
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK_MESSAGE(error_of(result).stack.find("src/main.ts:5:3") != std::string::npos,
                  error_of(result).stack);
  }

  TEST_CASE("install: a source map that is wrong is refused by file") {
    TestHost host;
    const auto message = refusal(install_files(
        host, bundle_files("export const run = () => 1;",
                           {.more_files = {{"extension.js.map", R"({"version":2})"}}})));
    CHECK_NAMES(message, "extension.js.map");
  }

  TEST_CASE("install: the code cache on disk is used, checked and rebuilt") {
    // What a sandboxed process compiled is kept in memory only.
    if (in_sandboxed_tier()) return;
    const Folder folder;
    const std::string code = "export const run = () => 'cached';";
    const auto count_files = [&] {
      std::size_t count = 0;
      for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
        count += entry.is_regular_file() ? 1 : 0;
      }
      return count;
    };
    const auto run_once = [&] {
      auto options = TestHost::two_workers();
      options.state_directory = folder.path();
      TestHost host(ample_policy(), options);
      host.install(code);
      CHECK_ANSWER(host.run(), "\"cached\"");
    };
    run_once();
    const std::size_t files = count_files();
    CHECK(files > 0);
    run_once();
    CHECK(count_files() == files);
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      // The host's other data is no cache: it refuses to start over a damaged store.
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name.find(".db") != std::string::npos) continue;
      std::ofstream(entry.path(), std::ios::binary) << "damaged";
    }
    run_once();
    CHECK(count_files() == files);
  }
}

}  // namespace sublet::scenario
