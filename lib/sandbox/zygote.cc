// SPDX-License-Identifier: Apache-2.0
#include "sandbox/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/v8_engine.h"
#include "sandbox/child_server.h"
#include "sandbox/confinement.h"
#include "sandbox/control.h"
#include "sandbox/turn_signal.h"

namespace sublet::sandbox {
namespace {

constexpr int kStarted = 0;
constexpr int kNoEngine = 64;
constexpr int kNoSignals = 65;
constexpr int kNotConfined = 66;
constexpr int kNoSilence = 67;

void on_turn_signal(int, siginfo_t* info, void*) {
  const int error = errno;
  ChildServer::terminate_turn(static_cast<std::uint32_t>(info->si_value.sival_int));
  errno = error;
}

std::int64_t nanoseconds(const timeval& time) {
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_usec * std::int64_t{1000};
}

class Zygote {
 public:
  explicit Zygote(const ZygoteSetup& setup) : setup_(setup), control_(setup.control) {}

  int run();

 private:
  bool start_engine();
  bool silence();
  bool take_signals();
  bool confine();
  void fork_child(const ControlMessage& request, std::vector<base::UniqueFd> descriptors);
  [[noreturn]] void be_child(std::vector<base::UniqueFd> descriptors);
  void reap();
  int end_children();

  const ZygoteSetup setup_;
  base::UniqueFd control_;
  base::UniqueFd signals_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Isolate> isolate_;
  std::unique_ptr<engine::Context> context_;
  std::optional<Confinement> confinement_;
  std::map<pid_t, std::uint32_t> children_;
};

bool Zygote::start_engine() {
  engine::V8EngineOptions options;
  options.jitless = setup_.jitless;
  options.forkable = true;
  options.clock_resolution = setup_.clock_resolution;
  options.on_fatal = [](std::string_view reason) { ChildServer::fatal(reason); };
  auto engine = engine::create_v8_engine(options);
  if (!engine) return false;
  engine_ = std::move(engine).value();
  auto isolate = engine_->create_isolate({}, options.on_fatal);
  if (!isolate) return false;
  isolate_ = std::move(isolate).value();
  const engine::EnteredIsolate entered(*isolate_);
  context_ = isolate_->create_context(Realm::kStandard);
  return context_ != nullptr;
}

bool Zygote::take_signals() {
  struct sigaction action {};
  action.sa_sigaction = on_turn_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  // The host's mask came along with the start.
  if (::sigaction(kTurnSignal, &action, nullptr) != 0 ||
      ::sigprocmask(SIG_SETMASK, &children, nullptr) != 0) {
    return false;
  }
  signals_ = base::UniqueFd(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  return static_cast<bool>(signals_);
}

// V8 and ICU have read what files they need by now.
bool Zygote::confine() {
  // The first three are kept taken, so that no socket becomes what V8 writes its last words to.
  const std::array<int, 5> kept = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, control_.get(),
                                   signals_.get()};
  ZygoteConfinement options;
  options.descriptors = kept;
  options.filter.jitless = setup_.jitless;
  auto confined = Confinement::of_zygote(options);
  if (!confined) return false;
  confinement_.emplace(std::move(confined).value());
  return true;
}

// What V8 writes to it is not for the host's terminal.
bool Zygote::silence() {
  const base::UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!nowhere || ::dup2(nowhere.get(), each) != each) return false;
  }
  return true;
}

int Zygote::run() {
  if (!silence()) return kNoSilence;
  if (!start_engine()) return kNoEngine;
  if (!take_signals()) return kNoSignals;
  if (!confine()) return kNotConfined;
  ControlMessage hello;
  hello.value = kProtocolVersion;
  send_control(control_.get(), hello, {});
  std::array<pollfd, 2> wanted = {pollfd{control_.get(), POLLIN, 0},
                                  pollfd{signals_.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[1].revents != 0) reap();
    if (wanted[0].revents == 0) continue;
    ControlMessage request;
    std::vector<base::UniqueFd> descriptors;
    const ControlRead read = receive_control(control_.get(), 0, request, descriptors);
    if (read == ControlRead::kClosed) return end_children();
    if (read == ControlRead::kMessage && request.kind == ControlMessage::Kind::kFork &&
        !descriptors.empty()) {
      fork_child(request, std::move(descriptors));
    }
  }
}

// The host is gone, or done. Its processes end with this one anyway, but whoever inherits them may
// be no better at reaping than a container's first process.
int Zygote::end_children() {
  for (const auto& [pid, number] : children_) ::kill(pid, SIGKILL);
  while (!children_.empty()) {
    const pid_t ended = ::waitpid(-1, nullptr, 0);
    if (ended < 0 && errno != EINTR) break;
    children_.erase(ended);
  }
  return kStarted;
}

void Zygote::fork_child(const ControlMessage& request, std::vector<base::UniqueFd> descriptors) {
  const pid_t pid = ::fork();
  if (pid == 0) be_child(std::move(descriptors));
  ControlMessage answer;
  answer.kind = ControlMessage::Kind::kForked;
  answer.number = request.number;
  answer.value = pid < 0 ? errno : 0;
  base::UniqueFd process(pid < 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (pid > 0) children_[pid] = request.number;
  const std::array<int, 1> sent = {process.get()};
  send_control(control_.get(), answer,
               process ? std::span<const int>(sent) : std::span<const int>());
}

void Zygote::be_child(std::vector<base::UniqueFd> descriptors) {
  control_ = base::UniqueFd();
  signals_ = base::UniqueFd();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  SharedRegion region;
  if (descriptors.size() > 1) region = SharedRegion::adopt(std::move(descriptors[1]));
  region.map();
  region.close_fd();
  ChildConfinement options;
  options.socket = descriptors[0].get();
  options.data = 0;  // the server lowers it to its tenant's
  if (!confinement_->confine_child(options)) ::_exit(kNotConfined);
  Channel channel(std::move(descriptors[0]), std::move(region));
  // Never destroyed: the process ends without unwinding.
  auto* server =
      new ChildServer(std::move(channel), *engine_, std::move(isolate_), std::move(context_));
  server->serve();
}

void Zygote::reap() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) > 0) {
  }
  int status = 0;
  rusage used{};
  for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &used)) > 0;) {
    const auto child = children_.find(pid);
    if (child == children_.end()) continue;
    ControlMessage fate;
    fate.kind = ControlMessage::Kind::kExited;
    fate.number = child->second;
    fate.value = status;
    fate.cpu = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
    children_.erase(child);
    // Only for people to read: a host that does not take it now goes without.
    send_control(control_.get(), fate, {}, /*wait=*/false);
  }
}

}  // namespace

int run_zygote(const ZygoteSetup& setup) { return Zygote(setup).run(); }

}  // namespace sublet::sandbox
