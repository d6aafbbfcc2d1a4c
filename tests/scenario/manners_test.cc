// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <locale>

#include "support.h"

// How a library behaves in somebody else's process. A process of its own: file descriptors and
// signal handlers are the process's.
namespace sublet::scenario {
namespace {

// Sends stdout and stderr to an unlinked file while it lives.
class Capture {
 public:
  Capture() {
    std::fflush(nullptr);
    char name[] = "/tmp/sublet-capture-XXXXXX";
    file_ = ::mkstemp(name);
    REQUIRE(file_ >= 0);
    ::unlink(name);
    out_ = ::dup(STDOUT_FILENO);
    err_ = ::dup(STDERR_FILENO);
    ::dup2(file_, STDOUT_FILENO);
    ::dup2(file_, STDERR_FILENO);
  }
  ~Capture() { restore(); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  std::string restore() {
    if (file_ < 0) return {};
    std::fflush(nullptr);
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(err_, STDERR_FILENO);
    ::close(out_);
    ::close(err_);
    std::string text(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
    const ssize_t read = ::pread(file_, text.data(), text.size(), 0);
    text.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
    ::close(file_);
    file_ = -1;
    return text;
  }

 private:
  int file_ = -1;
  int out_ = -1;
  int err_ = -1;
};

std::vector<void (*)(int)> signal_handlers() {
  std::vector<void (*)(int)> handlers;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action = {};
    if (::sigaction(number, nullptr, &action) == 0) handlers.push_back(action.sa_handler);
  }
  return handlers;
}

// Every way to end badly that the library has a word for.
void misbehave(TestHost& host) {
  const char* programs[] = {
      "throw new Error('x');",
      "for (;;);",
      "const a = []; for (;;) a.push({ a });",
      "const f = () => f(); f();",
      "return new ArrayBuffer(2 ** 40);",
      "console.log('text'); console.error('text'); console.trace('text'); return 1n;",
      "setTimeout(() => { throw 1; }, 1); return new Promise((done) => setTimeout(done, 9));",
      "Promise.reject(new Error('unhandled')); return 1;",
      "return new Promise(() => {});",
  };
  for (const char* program : programs) {
    host.install("export function run() { " + std::string(program) + " }");
    host.run();
  }
  const auto bad = Bundle::from_memory(bundle_files("export const run = ;"));
  REQUIRE(bad);
  CHECK_FALSE(host->install("acme", *bad).has_value());
}

TenantPolicy small_policy() {
  auto policy = ample_policy();
  policy.limits.cpu_time = 500ms;
  policy.limits.wall_time = 2s;
  policy.limits.heap = Bytes::mebibytes(16);
  return policy;
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("manners: nothing is printed, whatever tenants do") {
    Capture capture;
    {
      TestHost host(small_policy());
      misbehave(host);
    }
    const std::string printed = capture.restore();
    CHECK(printed == "");
  }

  TEST_CASE("manners: no signal handler is installed and no locale changed") {
    const auto handlers = signal_handlers();
    sigset_t mask;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    const std::string c_locale = std::setlocale(LC_ALL, nullptr);
    const std::locale cpp_locale;
    {
      TestHost host(small_policy());
      misbehave(host);
      CHECK(signal_handlers() == handlers);
    }
    CHECK(signal_handlers() == handlers);
    sigset_t now;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
    for (int number = 1; number < NSIG; ++number) {
      CHECK(sigismember(&now, number) == sigismember(&mask, number));
    }
    CHECK(c_locale == std::setlocale(LC_ALL, nullptr));
    CHECK(std::locale() == cpp_locale);
  }

  TEST_CASE("manners: the working directory, umask and environment stay") {
    char before[4096];
    REQUIRE(::getcwd(before, sizeof before) != nullptr);
    const mode_t mask = ::umask(022);
    ::umask(mask);
    {
      TestHost host(small_policy());
      host.install("export const run = () => 1;");
      CHECK_ANSWER(host.run(), "1");
    }
    char after[4096];
    REQUIRE(::getcwd(after, sizeof after) != nullptr);
    CHECK(std::string(before) == after);
    const mode_t now = ::umask(mask);
    CHECK(now == mask);
  }

  TEST_CASE("manners: the host's signals reach the host's threads") {
    TestHost host;
    host.install("export const run = () => 1;");
    CHECK_ANSWER(host.run(), "1");
    // Blocked here: were it not blocked in the library's threads too, one of them would take it and
    // end the process.
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &block, nullptr);
    ::kill(::getpid(), SIGUSR1);
    const timespec patience{5, 0};
    CHECK(::sigtimedwait(&block, nullptr, &patience) == SIGUSR1);
    ::pthread_sigmask(SIG_UNBLOCK, &block, nullptr);
  }

  TEST_CASE("manners: versions are told") {
    CHECK(std::string(library_version()) == std::to_string(SUBLET_VERSION_MAJOR) + "." +
                                                std::to_string(SUBLET_VERSION_MINOR) + "." +
                                                std::to_string(SUBLET_VERSION_PATCH));
    CHECK_FALSE(engine_version().empty());
  }
}

}  // namespace sublet::scenario
