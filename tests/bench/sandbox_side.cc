// SPDX-License-Identifier: Apache-2.0
#include "bench/sandbox_side.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "bench/child_process.h"
#include "bench/measure.h"
#include "engine/v8_engine.h"

namespace sublet::bench {
namespace {

[[noreturn]] void fail_with_errno() { throw Failure(std::strerror(errno)); }

void echo(int socket, std::size_t question, std::size_t answer) {
  std::vector<char> in(question);
  const std::string out(answer, 'x');
  while (receive_all(socket, in.data(), in.size()) && send_all(socket, out)) {
  }
}

// 0 where nothing could be forked.
std::uint64_t time_fork() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  const std::uint64_t start = wall_ns();
  const pid_t pid = fork();
  char byte = 0;
  if (pid == 0) {
    (void)write(ends[1], &byte, 1);
    _exit(0);
  }
  const bool came = pid > 0 && read(ends[0], &byte, 1) == 1;
  const std::uint64_t took = wall_ns() - start;
  close(ends[0]);
  close(ends[1]);
  if (pid > 0) waitpid(pid, nullptr, 0);
  return came ? took : 0;
}

// The same steps as the helper's.
void be_zygote(int socket) {
  engine::V8EngineOptions options;
  options.forkable = true;
  options.on_fatal = [](std::string_view) { _exit(1); };
  auto engine = engine::create_v8_engine(options);
  if (!engine) return;
  auto isolate = (*engine)->create_isolate({}, options.on_fatal);
  if (!isolate) return;
  const engine::EnteredIsolate entered(**isolate);
  const auto context = (*isolate)->create_context(Realm::kStandard);
  if (context == nullptr) return;
  for (char asked = 0; receive_all(socket, &asked, 1);) {
    const std::uint64_t took = time_fork();
    if (!send_all(socket, {reinterpret_cast<const char*>(&took), sizeof took})) break;
  }
  // Without V8's end, which nothing is measured of.
  _exit(0);
}

// The value of "Key:   123 kB" or "Key:   123"; 0 where there is none.
double field(const std::string& text, const std::string& key) {
  const std::size_t at = text.find("\n" + key + ":");
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + key.size() + 2, nullptr);
}

std::string read_proc(const std::string& path) {
  std::ifstream file("/proc/" + path);
  return "\n" + std::string(std::istreambuf_iterator<char>(file), {});
}

// Of the processes that this process has descriptors of and that still run.
std::set<pid_t> processes_held() {
  std::set<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    const std::string text = read_proc("self/fdinfo/" + entry.path().filename().string());
    const auto pid = static_cast<pid_t>(field(text, "Pid"));
    if (pid > 0) found.insert(pid);
  }
  return found;
}

}  // namespace

std::unique_ptr<ExtensionHost> make_sandboxed_host(
    std::uint32_t workers, const std::function<void(HostOptions&)>& change) {
  return make_host(workers, [&](HostOptions& options) {
    options.sandbox_helper = SUBLET_BENCH_HELPER;
    options.default_policy.isolation = Isolation::kSandboxed;
    options.warm_isolates = 0;
    if (change) change(options);
  });
}

SideProcess::SideProcess(const std::function<void(int)>& serve) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail_with_errno();
  pid_ = fork();
  if (pid_ == 0) {
    close(ends[0]);
    close(kReportDescriptor);  // who waits for the report waits for its last owner
    serve(ends[1]);
    _exit(1);
  }
  close(ends[1]);
  socket_ = ends[0];
  if (pid_ < 0) fail_with_errno();
}

SideProcess::~SideProcess() {
  close(socket_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = recv(socket, bytes, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

BareEcho::BareEcho(std::size_t question, std::size_t answer)
    : question_(question),
      answer_(answer),
      process_([=](int socket) { echo(socket, question, answer); }) {}

std::uint64_t BareEcho::round_trip_ns(std::string_view question) {
  if (question.size() != question_) throw Failure("the echo was made for another size");
  const std::uint64_t start = wall_ns();
  const bool came = send_all(process_.socket(), question) &&
                    receive_all(process_.socket(), answer_.data(), answer_.size());
  if (!came) throw Failure("the echo's process is gone");
  return wall_ns() - start;
}

BareZygote::BareZygote() : process_(be_zygote) {}

std::uint64_t BareZygote::fork_ns() {
  std::uint64_t took = 0;
  const bool came = send_all(process_.socket(), "f") &&
                    receive_all(process_.socket(), reinterpret_cast<char*>(&took), sizeof took);
  if (!came || took == 0) throw Failure("the bare zygote could not fork");
  return took;
}

ProcessMemory sandboxed_memory() {
  const std::set<pid_t> held = processes_held();
  ProcessMemory sum;
  for (const pid_t pid : held) {
    const std::string folder = std::to_string(pid);
    const std::string status = read_proc(folder + "/status");
    // The helper's parent is not one of them.
    if (!held.contains(static_cast<pid_t>(field(status, "PPid")))) continue;
    const std::string memory = read_proc(folder + "/smaps_rollup");
    constexpr double kKibibyte = 1024;
    // A process that cannot be dumped shows its memory to root only.
    if (field(memory, "Rss") == 0) throw Failure("smaps_rollup cannot be read: not root?");
    ++sum.processes;
    sum.private_bytes +=
        kKibibyte * (field(memory, "Private_Clean") + field(memory, "Private_Dirty"));
    sum.proportional_bytes += kKibibyte * field(memory, "Pss");
    sum.page_table_bytes += kKibibyte * field(status, "VmPTE");
  }
  return sum;
}

}  // namespace sublet::bench
