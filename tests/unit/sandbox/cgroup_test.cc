// SPDX-License-Identifier: Apache-2.0
#include "sandbox/cgroup.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <string>

namespace sublet::sandbox {
namespace {

namespace fs = std::filesystem;

// A folder that looks like a group which was delegated, with one group in it.
class FakeGroup {
 public:
  FakeGroup() {
    std::string name = (fs::temp_directory_path() / "sublet-cgroup-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    put("cgroup.controllers", "cpu memory pids\n");
    put("cgroup.subtree_control", "");
    put("cgroup.procs", "");
    fs::create_directory(folder / "helper");
    for (const char* file :
         {"memory.max", "memory.swap.max", "pids.max", "cpu.max", "cgroup.procs"}) {
      put(fs::path("helper") / file, "");
    }
  }
  ~FakeGroup() { fs::remove_all(folder); }

  void put(const fs::path& file, const char* text) const { std::ofstream(folder / file) << text; }
  std::string read(const fs::path& file) const {
    std::ifstream in(folder / file);
    return std::string((std::istreambuf_iterator<char>(in)), {});
  }

  fs::path folder;
};

TEST_SUITE_BEGIN("cgroup");

TEST_CASE("limits are written, and the process is moved") {
  FakeGroup fake;
  const auto group = Cgroup::create(fake.folder, "helper", {1 << 30, 200, 150});
  REQUIRE(group);
  CHECK(fake.read("helper/memory.max") == "1073741824");
  CHECK(fake.read("helper/memory.swap.max") == "0");
  CHECK(fake.read("helper/pids.max") == "200");
  CHECK(fake.read("helper/cpu.max") == "150000 100000");
  CHECK(group->add(4711));
  CHECK(fake.read("helper/cgroup.procs") == "4711");
}

TEST_CASE("a limit that is none is not written") {
  FakeGroup fake;
  REQUIRE(Cgroup::create(fake.folder, "helper", {}));
  CHECK(fake.read("helper/memory.max").empty());
  CHECK(fake.read("helper/pids.max").empty());
  CHECK(fake.read("helper/cpu.max").empty());
}

TEST_CASE("a limit that cannot be set is an error, names its file and leaves no group") {
  FakeGroup fake;
  const auto group = Cgroup::create(fake.folder, "other", {1 << 30, 0, 0});
  REQUIRE_FALSE(group);
  CHECK(group.error().code == ErrorCode::kUnavailable);
  CHECK(group.error().message.find("other/memory.max") != std::string::npos);
  CHECK_FALSE(fs::exists(fake.folder / "other"));
}

TEST_CASE("what is not delegated is refused with the reason") {
  FakeGroup fake;
  CHECK(why_not_delegated(fake.folder).empty());
  CHECK(why_not_delegated(fake.folder / "helper") == "is no group of version 2");
  CHECK(Cgroup::create("/nowhere", "helper", {}).error().code == ErrorCode::kUnavailable);
  fake.put("cgroup.controllers", "cpu\n");
  CHECK(why_not_delegated(fake.folder) == "has no memory controller");
  fs::remove(fake.folder / "cgroup.procs");
  CHECK(why_not_delegated(fake.folder) == "cgroup.procs cannot be written");
}

TEST_CASE("names cannot lead elsewhere") {
  FakeGroup fake;
  for (const char* name : {"", "..", ".", "a/b"}) {
    CHECK(Cgroup::create(fake.folder, name, {}).error().code == ErrorCode::kInvalidArgument);
  }
}

TEST_CASE("the own group is found below its mount") {
  FakeGroup fake;
  fake.put("mounts",
           "24 1 0:22 / /sys rw - sysfs sysfs rw\n"
           "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n");
  fake.put("groups", "4:memory:/x\n0::/user.slice/app.service\n");
  fake.put("none", "4:memory:/x\n");
  CHECK(own_cgroup(fake.folder / "mounts", fake.folder / "groups") ==
        "/sys/fs/cgroup/user.slice/app.service");
  CHECK(own_cgroup(fake.folder / "mounts", fake.folder / "none").empty());
  CHECK(own_cgroup(fake.folder / "none", fake.folder / "groups").empty());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::sandbox
