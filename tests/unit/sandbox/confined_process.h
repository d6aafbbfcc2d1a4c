// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "sandbox/confinement.h"

namespace sublet::sandbox {

// How the test's zygote is set up: what the system would allow, and who the host is.
struct Setting {
  bool namespaces = true;
  bool landlock = true;
  bool as_user = false;               // the host is no root
  std::function<void()> before = {};  // run in the zygote, first
  FilterOptions filter = {};
  ChildConfinement child = {};
};

// Every setting in which the walls must hold. A host that is root covers a host that is not.
inline std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const bool namespaces : {true, false}) {
    for (const bool as_user : {false, true}) {
      if (as_user && ::geteuid() != 0) continue;
      all.push_back({.namespaces = namespaces, .as_user = as_user});
    }
  }
  all.push_back({.namespaces = false, .landlock = false});
  return all;
}

// What came of a process.
struct Fate {
  int status = -1;  // waitpid()'s
  std::string said;

  bool exited(int code) const { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
  bool ended_by(int signal) const { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }
};

inline constexpr int kNotConfined = 99;
inline constexpr id_t kSomeUser = 54321;

// The test framework's handlers are not for processes that are meant to crash.
inline void forget_handlers() {
  for (const int signal : {SIGABRT, SIGSEGV, SIGILL, SIGFPE, SIGTERM, SIGINT}) {
    ::signal(signal, SIG_DFL);
  }
}

// What runs confined: its return value is the exit status, and it can say something.
using Attempt = std::function<int(int socket)>;

inline void say(int socket, const std::string& text) {
  (void)!::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

inline Fate fate_of(pid_t pid, int socket) {
  Fate fate;
  std::array<char, 4096> block;
  for (ssize_t size = 0; (size = ::read(socket, block.data(), block.size())) > 0;) {
    fate.said.append(block.data(), static_cast<std::size_t>(size));
  }
  ::waitpid(pid, &fate.status, 0);
  return fate;
}

// Forks a zygote that confines itself, and is then told what to do.
inline Fate in_zygote(const Setting& setting, const std::function<int(Confinement&, int)>& run) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    forget_handlers();
    if (setting.before) setting.before();
    if (setting.as_user && (::setgid(kSomeUser) != 0 || ::setuid(kSomeUser) != 0))
      ::_exit(kNotConfined);
    ZygoteConfinement options;
    const std::array<int, 1> kept = {ends[1]};
    options.descriptors = kept;
    options.namespaces = setting.namespaces;
    options.landlock = setting.landlock;
    options.filter = setting.filter;
    Result<Confinement> confinement = Confinement::of_zygote(options);
    if (!confinement) {
      say(ends[1], confinement.error().message);
      ::_exit(kNotConfined);
    }
    ::_exit(run(*confinement, ends[1]));
  }
  ::close(ends[1]);
  const Fate fate = fate_of(pid, ends[0]);
  ::close(ends[0]);
  return fate;
}

// Runs what is attempted in a child of the zygote, and hands the child's end on as the zygote's
// own.
inline Fate in_child(const Setting& setting, const Attempt& attempt) {
  Fate fate = in_zygote(setting, [&](Confinement& confinement, int socket) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ChildConfinement options = setting.child;
      options.socket = socket;
      const Result<Walls> walls = confinement.confine_child(options);
      if (!walls) {
        say(socket, walls.error().message);
        ::_exit(kNotConfined);
      }
      ::_exit(attempt(socket));
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    say(socket, "\n" + std::to_string(status));
    return 0;
  });
  const std::size_t line = fate.said.rfind('\n');
  if (!fate.exited(0) || line == std::string::npos) return fate;
  fate.status = std::stoi(fate.said.substr(line + 1));
  fate.said.resize(line);
  return fate;
}

}  // namespace sublet::sandbox
