// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_limit.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <fstream>
#include <string>

namespace sublet::runtime {
namespace {

namespace fs = std::filesystem;

// A kernel's files in a folder of their own.
class Kernel {
 public:
  Kernel() {
    std::string pattern = (fs::temp_directory_path() / "sublet-kernel-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~Kernel() { fs::remove_all(root_); }

  void write(const fs::path& file, std::string_view text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  KernelFiles files() const { return {root_ / "proc", root_ / "cgroup"}; }

 private:
  fs::path root_;
};

constexpr const char* kMeminfo = "MemFree:  1 kB\nMemTotal:        8192 kB\nMemAvailable: 7 kB\n";
constexpr Bytes kMachine = Bytes::mebibytes(8);

TEST_CASE_FIXTURE(Kernel, "memory limit: the machine's where no cgroup limits it") {
  write("proc/meminfo", kMeminfo);
  CHECK(process_memory(files()) == kMachine);
  write("proc/self/cgroup", "0::/a\n");
  write("cgroup/a/memory.max", "max\n");
  CHECK(process_memory(files()) == kMachine);
}

TEST_CASE_FIXTURE(Kernel, "memory limit: version 2, the smallest on the way up") {
  write("proc/meminfo", kMeminfo);
  write("proc/self/cgroup", "0::/a/b\n");
  write("cgroup/a/b/memory.max", "max\n");
  write("cgroup/a/memory.max", "4194304\n");
  CHECK(process_memory(files()) == Bytes{4194304});
  write("cgroup/a/b/memory.max", "1048576\n");
  CHECK(process_memory(files()) == Bytes{1048576});
  write("cgroup/a/b/memory.max", "99999999999\n");
  CHECK(process_memory(files()) == Bytes{4194304});
}

TEST_CASE_FIXTURE(Kernel, "memory limit: a container sees its own group as the root") {
  write("proc/meminfo", kMeminfo);
  write("proc/self/cgroup", "0::/../../machine/path\n");
  write("cgroup/memory.max", "2097152\n");
  CHECK(process_memory(files()) == Bytes{2097152});
}

TEST_CASE_FIXTURE(Kernel, "memory limit: version 1 names its controllers") {
  write("proc/meminfo", kMeminfo);
  write("proc/self/cgroup", "5:cpu,cpuacct:/c\n4:blkio,memory:/a/b\nnonsense\n0::/c\n");
  write("cgroup/memory/a/b/memory.limit_in_bytes", "3145728\n");
  write("cgroup/c/memory.max", "max\n");
  CHECK(process_memory(files()) == Bytes{3145728});
  write("cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");  // none
  CHECK(process_memory(files()) == kMachine);
}

TEST_CASE_FIXTURE(Kernel, "memory limit: the default budget is 60 % of it") {
  CHECK(process_memory(files()) == std::nullopt);
  CHECK(default_memory_budget(files()) == Bytes::mebibytes(1024));
  write("proc/meminfo", "MemTotal: 1000 kB\n");
  CHECK(default_memory_budget(files()) == Bytes{614400});
}

TEST_CASE("memory limit: this machine tells one") {
  REQUIRE(process_memory().has_value());
  CHECK(*process_memory() > Bytes::mebibytes(1));
}

}  // namespace
}  // namespace sublet::runtime
