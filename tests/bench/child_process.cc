// SPDX-License-Identifier: Apache-2.0
#include "bench/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/host_side.h"

extern char** environ;

namespace sublet::bench {

std::string run_self(const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Failure(std::strerror(errno));
  std::string program = "/proc/self/exe";
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);

  // Two descriptors that differ, so that the copy does not inherit close-on-exec.
  const int far_end = fcntl(ends[1], F_DUPFD_CLOEXEC, kReportDescriptor + 1);
  close(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, far_end, kReportDescriptor);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(far_end);

  std::string report;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
    report.append(buffer, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  if (failed != 0) throw Failure(std::strerror(failed));
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    throw Failure("its process was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return report;
}

void write_report(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = write(kReportDescriptor, text.data() + done, text.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace sublet::bench
