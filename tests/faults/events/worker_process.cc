// SPDX-License-Identifier: Apache-2.0
#include "faults/events/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace sublet::faults {
namespace {

[[noreturn]] void become_worker(char** arguments, const char* reports, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(2);
  const int file = ::open(reports, O_WRONLY | O_APPEND);
  if (file < 0 || ::dup2(file, kReportTo) != kReportTo) ::_exit(2);
  if (file != kReportTo) ::close(file);
  ::execv("/proc/self/exe", arguments);
  ::_exit(2);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& arguments,
                             const std::filesystem::path& reports) {
  std::vector<std::string> all = {"event_faults"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& one : all) pointers.push_back(one.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become_worker(pointers.data(), reports.c_str(), parent);
  if (process_ < 0) throw std::runtime_error("no process");
}

WorkerProcess::~WorkerProcess() {
  if (process_ > 0) end();
}

bool WorkerProcess::wait() {
  int status = -1;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool WorkerProcess::end() {
  ::kill(process_, SIGKILL);
  int status = -1;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace sublet::faults
