// SPDX-License-Identifier: Apache-2.0
#include "sandbox/zygote_link.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "sandbox/control.h"

namespace sublet::sandbox {
namespace {

using std::chrono::steady_clock;

constexpr int kStartPatience = 20'000;  // milliseconds; a loaded machine is slow to start V8
constexpr int kForkPatience = 10'000;
constexpr int kFatePatience = 20;
constexpr std::size_t kMostFates = 256;
constexpr std::chrono::milliseconds kFirstBackoff{100};
constexpr std::uint32_t kMostDoublings = 8;
// How often a wait for the other side looks whether it is to end.
constexpr timeval kTick{0, 100'000};

bool make_pair(int type, base::UniqueFd& ours, base::UniqueFd& theirs) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  ours = base::UniqueFd(ends[0]);
  theirs = base::UniqueFd(ends[1]);
  return true;
}

std::string shown(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) return "made a forbidden system call";
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

Error no_descriptors() {
  return Error{ErrorCode::kUnavailable, "no socket could be made for a sandboxed process"};
}

}  // namespace

ZygoteLink::~ZygoteLink() { stop_for_good(); }

void ZygoteLink::stop_for_good() {
  base::MutexLock lock(mutex_);
  stopped_ = true;
  stop();
}

Result<ZygoteLink::Child> ZygoteLink::take() {
  constexpr int kTries = 2;  // a zygote that is found dead is replaced once
  base::MutexLock lock(mutex_);
  for (int tries = 0; tries < kTries; ++tries) {
    if (Result<void> started = ensure_started(); !started) return started.error();
    if (pending_.empty() && !request()) continue;
    if (auto child = take_pending()) {
      while (pending_.size() < options_.spares && request()) {
      }
      return std::move(*child);
    }
  }
  return Error{ErrorCode::kUnavailable,
               failure_.empty() ? "the sandbox helper could not fork a process" : failure_};
}

std::optional<ZygoteLink::Child> ZygoteLink::take_pending() {
  while (!pending_.empty()) {
    const auto deadline = steady_clock::now() + std::chrono::milliseconds(kForkPatience);
    while (!pending_.front().process && !pending_.front().failed) {
      bool came = false;
      if (!read_one(kForkPatience, came) || (!came && steady_clock::now() > deadline)) {
        stop();
        return std::nullopt;
      }
    }
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    if (next.failed) return std::nullopt;
    Child child;
    child.number = next.number;
    child.process = std::make_unique<ChildProcess>(
        Channel(std::move(next.socket), std::move(next.region)), std::move(next.process));
    if (child.process->cpu_clock() == 0) {
      failure_ = "the CPU time of sandboxed processes cannot be read: is /proc mounted?";
      return std::nullopt;
    }
    if (!child.process->channel().closed()) return child;
  }
  return std::nullopt;
}

bool ZygoteLink::read_one(int milliseconds, bool& came) {
  ControlMessage message;
  std::vector<base::UniqueFd> descriptors;
  const ControlRead read = receive_control(control_.get(), milliseconds, message, descriptors);
  came = read == ControlRead::kMessage;
  if (read == ControlRead::kClosed) return false;
  if (!came) return true;
  if (message.kind == ControlMessage::Kind::kForked) {
    for (Pending& each : pending_) {
      if (each.number != message.number) continue;
      each.failed = descriptors.empty();
      if (!each.failed) each.process = std::move(descriptors.front());
    }
  } else if (message.kind == ControlMessage::Kind::kExited) {
    if (fates_.size() >= kMostFates) fates_.erase(fates_.begin());
    fates_[message.number] = {shown(static_cast<int>(message.value)),
                              std::chrono::nanoseconds(message.cpu)};
  }
  return true;
}

bool ZygoteLink::request() {
  Pending next;
  base::UniqueFd theirs;
  if (!make_pair(SOCK_STREAM, next.socket, theirs)) return false;
  ::setsockopt(next.socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kTick, sizeof kTick);
  ::setsockopt(next.socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kTick, sizeof kTick);
  next.region = SharedRegion::create();
  next.number = ++last_number_;
  ControlMessage message;
  message.kind = ControlMessage::Kind::kFork;
  message.number = next.number;
  std::vector<int> descriptors = {theirs.get()};
  if (next.region.fd() >= 0) descriptors.push_back(next.region.fd());
  if (!send_control(control_.get(), message, descriptors)) {
    stop();
    return false;
  }
  pending_.push_back(std::move(next));
  return true;
}

Result<void> ZygoteLink::ensure_started() {
  if (helper_.has_value()) return {};
  if (stopped_) return Error{ErrorCode::kUnavailable, "the host was shut down"};
  if (steady_clock::now() < next_start_) return Error{ErrorCode::kUnavailable, failure_};
  Result<void> started = start();
  if (started) {
    failures_ = 0;
    return started;
  }
  stop();
  failure_ = started.error().message;
  next_start_ = steady_clock::now() + kFirstBackoff * (1u << std::min(failures_, kMostDoublings));
  ++failures_;
  return started;
}

Result<void> ZygoteLink::start() {
  base::UniqueFd theirs;
  if (!make_pair(SOCK_SEQPACKET, control_, theirs)) return no_descriptors();
  std::vector<std::string> arguments = {"--zygote"};
  if (options_.jitless) arguments.emplace_back("--jitless");
  if (options_.clock_resolution.count() > 0) {
    arguments.push_back("--clock-resolution=" + std::to_string(options_.clock_resolution.count()));
  }
  Result<HelperProcess> started = HelperProcess::start(options_.helper, arguments, theirs.get());
  if (!started) return started.error();
  helper_ = std::move(started).value();
  theirs = base::UniqueFd();
  if (Result<void> joined = join_cgroup(); !joined) return joined;
  ControlMessage hello;
  std::vector<base::UniqueFd> none;
  const ControlRead read = receive_control(control_.get(), kStartPatience, hello, none);
  if (read != ControlRead::kMessage) {
    return Error{ErrorCode::kUnavailable,
                 "the sandbox helper " + options_.helper.string() + " did not start"};
  }
  if (hello.kind != ControlMessage::Kind::kHello || hello.value != kProtocolVersion) {
    return Error{ErrorCode::kUnavailable, "the sandbox helper " + options_.helper.string() +
                                              " is of another version than the library"};
  }
  return {};
}

// A limit that was asked for and cannot be had is an error, not a wish.
Result<void> ZygoteLink::join_cgroup() {
  if (options_.cgroup.empty()) return {};
  const pid_t pid = helper_->number();
  if (pid <= 0) return Error{ErrorCode::kUnavailable, "the sandbox helper ended at once"};
  CgroupLimits limits;
  limits.memory = options_.cgroup_memory;
  auto made = Cgroup::create(options_.cgroup, "sublet-" + std::to_string(pid), limits);
  if (!made) return made.error();
  cgroup_ = std::move(made).value();
  return cgroup_->add(pid);
}

void ZygoteLink::stop() {
  pending_.clear();
  // The helper ends when it sees this.
  control_ = base::UniqueFd();
  helper_.reset();
  cgroup_.reset();
}

ZygoteLink::Fate ZygoteLink::fate_of(std::uint32_t number) {
  base::MutexLock lock(mutex_);
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(kFatePatience);
  while (!fates_.contains(number) && helper_.has_value() && steady_clock::now() < deadline) {
    bool came = false;
    if (!read_one(kFatePatience, came)) break;
  }
  const auto found = fates_.find(number);
  if (found == fates_.end()) return {};
  Fate fate = std::move(found->second);
  fates_.erase(found);
  return fate;
}

}  // namespace sublet::sandbox
