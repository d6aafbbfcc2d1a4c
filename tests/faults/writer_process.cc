// SPDX-License-Identifier: Apache-2.0
#include "faults/writer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "faults/storm.h"

namespace sublet::faults {
namespace {

[[noreturn]] void become_writer(char** arguments, int report_to, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(2);
  if (::dup2(report_to, kReportTo) != kReportTo) ::_exit(2);
  // The same number means that dup2 did nothing.
  if (report_to == kReportTo) ::fcntl(kReportTo, F_SETFD, 0);
  ::execv("/proc/self/exe", arguments);
  ::_exit(2);
}

}  // namespace

WriterProcess::WriterProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"kv_faults"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& one : all) pointers.push_back(one.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  reports_ = ends[0];
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become_writer(pointers.data(), ends[1], parent);
  ::close(ends[1]);
  if (process_ < 0) throw std::runtime_error("no process");
}

WriterProcess::~WriterProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(reports_);
}

bool WriterProcess::take() {
  char bytes[65'536];
  const ssize_t size = ::read(reports_, bytes, sizeof bytes);
  if (size <= 0) return false;
  partial_.append(bytes, static_cast<std::size_t>(size));
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= partial_.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t report = 0;
    std::memcpy(&report, partial_.data() + at, sizeof report);
    ((report & kNotDone) == 0 ? stamps_ : not_done_).insert(report & ~kNotDone);
  }
  partial_.erase(0, at);
  return true;
}

void WriterProcess::listen(std::chrono::microseconds time, bool until_first) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!until_first || stamps_.empty()) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0) return;
    const auto whole = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec wait{whole / 1'000'000'000, whole % 1'000'000'000};
    pollfd reports{reports_, POLLIN, 0};
    if (::ppoll(&reports, 1, &wait, nullptr) > 0 && !take()) return;
  }
}

bool WriterProcess::wait() {
  while (take()) {
  }
  int status = 0;
  const bool gone = ::waitpid(process_, &status, 0) == process_;
  process_ = -1;
  return gone && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace sublet::faults
