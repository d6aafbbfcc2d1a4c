// SPDX-License-Identifier: Apache-2.0
#include "hostile/watched_host.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

extern char** environ;

namespace sublet::hostile {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// How often memory is read while a request is under way.
constexpr int kSampleMs = 5;
// Reading the helpers' memory takes longer: every so many samples.
constexpr int kHelperSamples = 8;
// A host that takes so much is about to take the machine with it: it counts as dead.
constexpr int kMemoryMegabytes = 6144;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

WatchedHost::WatchedHost(const HostSettings& settings, int patience_ms)
    : patience_ms_(patience_ms) {
  start(settings);
}

WatchedHost::~WatchedHost() {
  if (process_ > 0) reap();
  close(socket_);
}

void WatchedHost::start(const HostSettings& settings) {
  // Helpers whose parent is gone become children of this process: their memory counts, too.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("prctl");
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  // Another number than the one it shall have there, or the copy would be closed with it.
  const int far_end = fcntl(ends[1], F_DUPFD_CLOEXEC, kHostDescriptor + 1);
  close(ends[1]);
  std::vector<std::string> arguments = to_arguments(settings);
  arguments.insert(arguments.begin(), {"/proc/self/exe", "--serve"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, far_end, kHostDescriptor);
  // V8 10 reports to standard output what it is about to give up on; the answer is ours alone.
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  errno = posix_spawn(&process_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(far_end);
  socket_ = ends[0];
  if (errno != 0) fail("posix_spawn");
  messages_ = std::make_unique<Messages>(socket_);
}

ResidentMemory WatchedHost::memory() const {
  return {host_memory(process_), helper_memory(process_)};
}

ResidentMemory WatchedHost::settled_memory(const ResidentMemory& before) {
  // Isolates are disposed of after their tenant's last answer.
  ResidentMemory now = memory();
  for (int i = 0; i < 20 && now.sum() > before.sum() + 1; ++i) {
    std::this_thread::sleep_for(10ms);
    now = memory();
  }
  return now;
}

WatchedHost::Answer WatchedHost::ask(const Message& request) {
  Answer answer;
  answer.before = answer.peak = memory();
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(patience_ms_);
  bool sent = messages_->send(request);
  for (int sample = 0; sent && !messages_->closed() && Clock::now() < end; ++sample) {
    if (auto message = messages_->receive(kSampleMs)) {
      answer.alive = true;
      answer.message = std::move(*message);
      answer.after = settled_memory(answer.before);
      return answer;
    }
    answer.peak.host = std::max(answer.peak.host, host_memory(process_));
    if (answer.peak.host > kMemoryMegabytes) {
      ::kill(process_, SIGKILL);
      answer.death = "its memory passed " + std::to_string(kMemoryMegabytes) + " MB; " + reap();
      return answer;
    }
    if (sample % kHelperSamples == 0) {
      answer.peak.helpers = std::max(answer.peak.helpers, helper_memory(process_));
    }
  }
  answer.death = messages_->closed() || !sent ? reap() : "no answer; " + reap();
  return answer;
}

std::string WatchedHost::end() {
  if (process_ <= 0) return "";
  const Answer answer = ask({{"do", "end"}});
  if (!answer.alive) return answer.death;
  return reap();
}

// Waits for the process, which has a second to end by itself. Empty if it ended in good order.
std::string WatchedHost::reap() {
  int status = 0;
  const Clock::time_point end = Clock::now() + 1s;
  while (waitpid(process_, &status, WNOHANG) == 0) {
    if (Clock::now() > end) ::kill(process_, SIGKILL);
    std::this_thread::sleep_for(1ms);
  }
  process_ = -1;
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "exit status " + std::to_string(WEXITSTATUS(status));
  return "";
}

}  // namespace sublet::hostile
