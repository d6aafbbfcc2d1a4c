// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "base/unique_fd.h"
#include "engine/v8_engine.h"
#include "host/environment.h"
#include "runtime/memory_limit.h"
#include "sandbox/cgroup.h"
#include "sandbox/helper_process.h"
#include "sublet/version.h"

namespace sublet::host {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kHelperPatience{20};
constexpr std::size_t kMostReport = 16384;

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<std::uint64_t> limit_of(__rlimit_resource resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

void read_status(EnvironmentFacts& facts) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    const std::string_view text(line);
    const auto number = [&line](std::size_t from, int base) {
      return std::strtoull(line.c_str() + from, nullptr, base);
    };
    if (text.starts_with("SigIgn:")) facts.ignored_signals = number(7, 16);
    if (text.starts_with("SigCgt:")) facts.handled_signals = number(7, 16);
    if (text.starts_with("VmSize:")) facts.address_space_used = number(7, 10) * 1024;
    if (text.starts_with("Seccomp:")) facts.filtered = number(8, 10) == 2;
  }
}

// What the helper writes until it closes its end.
std::string read_report(int socket, std::string& failure) {
  std::string report;
  std::array<char, 1024> block;
  const auto deadline = steady_clock::now() + kHelperPatience;
  while (report.size() < kMostReport) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd wanted{socket, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) == 0) {
      failure = "it gave no answer within 20 s";
      break;
    }
    const ssize_t size = ::recv(socket, block.data(), block.size(), 0);
    if (size <= 0) break;
    report.append(block.data(), static_cast<std::size_t>(size));
  }
  return report;
}

HelperFacts ask_helper(const std::filesystem::path& given) {
  HelperFacts facts;
  facts.path = sandbox::find_helper(given);
  if (facts.path.empty()) return facts;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    facts.failure = "no socket could be made for it";
    return facts;
  }
  const base::UniqueFd ours(ends[0]);
  base::UniqueFd theirs(ends[1]);
  auto helper = sandbox::HelperProcess::start(facts.path, {"--report"}, theirs.get());
  theirs = base::UniqueFd();
  if (!helper) {
    facts.failure = helper.error().message;
    return facts;
  }
  const std::string report = read_report(ours.get(), facts.failure);
  sandbox::ConfinementCheck check = sandbox::parse_confinement_check(report);
  if (!check.version.empty()) {
    facts.check = std::move(check);
  } else if (facts.failure.empty()) {
    facts.failure = "it ended without an answer";
  }
  return facts;
}

}  // namespace

EnvironmentFacts find_facts(const HostOptions& options) {
  EnvironmentFacts facts;
  facts.v8 = engine::v8_build();
  facts.library_version = library_version();
  facts.engine_version = engine_version();
  facts.jitless = options.jitless;
  facts.today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  facts.helper = ask_helper(options.sandbox_helper);
  facts.root = ::geteuid() == 0;
  facts.elevated = ::getauxval(AT_SECURE) != 0 || ::getuid() != ::geteuid();
  facts.preloaded = ::getenv("LD_PRELOAD") != nullptr;
  facts.forked = engine::process_was_forked();
  facts.no_new_privileges = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  read_status(facts);
  facts.address_space = limit_of(RLIMIT_AS);
  facts.data = limit_of(RLIMIT_DATA);
  facts.processes = limit_of(RLIMIT_NPROC);
  facts.descriptors = limit_of(RLIMIT_NOFILE);
  facts.stack = limit_of(RLIMIT_STACK);
  if (const auto memory = runtime::process_memory()) facts.memory = memory->count;
  const std::filesystem::path group = sandbox::own_cgroup();
  facts.cgroup = group.string();
  if (!group.empty()) facts.cgroup_refusal = sandbox::why_not_delegated(group);
  facts.overcommit = first_line("/proc/sys/vm/overcommit_memory");
  facts.huge_pages = first_line("/sys/kernel/mm/transparent_hugepage/enabled");
  facts.trace_scope = first_line("/proc/sys/kernel/yama/ptrace_scope");
  return facts;
}

}  // namespace sublet::host
