// SPDX-License-Identifier: Apache-2.0
#include "sandbox/zygote_link.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>
#include <utility>

#include "sandbox/control.h"

namespace sublet::sandbox {
namespace {

using std::chrono::steady_clock;

constexpr int kStartPatience = 20'000;  // milliseconds; a loaded machine is slow to start V8
constexpr int kForkPatience = 20'000;  // after that the zygote is replaced, and all its processes
// A thread that does not start the helper itself waits no longer for it: its worker serves others.
constexpr std::chrono::seconds kOthersPatience{2};
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
  begin_stop();
  base::MutexLock lock(mutex_);
  while (starting_) started_.wait(mutex_);
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
  const ControlRead read = receive(control_.get(), milliseconds, message, descriptors);
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
  const auto patience = steady_clock::now() + kOthersPatience;
  while (starting_) {
    if (!started_.wait_until(mutex_, patience)) {
      return Error{ErrorCode::kUnavailable, "the sandbox helper has not started yet"};
    }
  }
  if (stopping_) return Error{ErrorCode::kUnavailable, "the host was shut down"};
  if (helper_.has_value()) return {};
  if (steady_clock::now() < next_start_) return Error{ErrorCode::kUnavailable, failure_};
  starting_ = true;
  mutex_.unlock();
  Result<Started> made = start();
  mutex_.lock();
  starting_ = false;
  started_.notify_all();
  if (!made) {
    failure_ = made.error().message;
    next_start_ = steady_clock::now() + kFirstBackoff * (1u << std::min(failures_, kMostDoublings));
    ++failures_;
    return made.error();
  }
  failures_ = 0;
  helper_ = std::move(made->helper);
  control_ = std::move(made->control);
  cgroup_ = std::move(made->cgroup);
  return {};
}

// As receive_control(), but gives up when the host stops.
ControlRead ZygoteLink::receive(int socket, int milliseconds, ControlMessage& message,
                                std::vector<base::UniqueFd>& descriptors) const {
  constexpr int kSlice = 50;
  ControlRead read = ControlRead::kNothing;
  for (int waited = 0; waited < milliseconds && read == ControlRead::kNothing; waited += kSlice) {
    if (stopping_) return ControlRead::kClosed;
    read = receive_control(socket, std::min(kSlice, milliseconds - waited), message, descriptors);
  }
  return read;
}

Result<ZygoteLink::Started> ZygoteLink::start() const {
  Started made;
  base::UniqueFd theirs;
  if (!make_pair(SOCK_SEQPACKET, made.control, theirs)) return no_descriptors();
  std::vector<std::string> arguments = {"--zygote"};
  if (options_.jitless) arguments.emplace_back("--jitless");
  if (options_.clock_resolution.count() > 0) {
    arguments.push_back("--clock-resolution=" + std::to_string(options_.clock_resolution.count()));
  }
  Result<HelperProcess> started = HelperProcess::start(options_.helper, arguments, theirs.get());
  if (!started) return started.error();
  made.helper = std::move(started).value();
  theirs = base::UniqueFd();
  if (Result<void> joined = join_cgroup(made); !joined) return joined.error();
  ControlMessage hello;
  std::vector<base::UniqueFd> none;
  if (receive(made.control.get(), kStartPatience, hello, none) != ControlRead::kMessage) {
    made.control = base::UniqueFd();
    return Error{ErrorCode::kUnavailable,
                 "the sandbox helper " + options_.helper.string() + " did not start"};
  }
  if (hello.kind != ControlMessage::Kind::kHello || hello.value != kProtocolVersion) {
    made.control = base::UniqueFd();
    return Error{ErrorCode::kUnavailable, "the sandbox helper " + options_.helper.string() +
                                              " is of another version than the library"};
  }
  return made;
}

// A limit that was asked for and cannot be had is an error, not a wish.
Result<void> ZygoteLink::join_cgroup(Started& started) const {
  if (options_.cgroup.empty()) return {};
  const pid_t pid = started.helper->number();
  if (pid <= 0) return Error{ErrorCode::kUnavailable, "the sandbox helper ended at once"};
  CgroupLimits limits;
  limits.memory = options_.cgroup_memory;
  auto made = Cgroup::create(options_.cgroup, "sublet-" + std::to_string(pid), limits);
  if (!made) return made.error();
  started.cgroup = std::move(made).value();
  return started.cgroup->add(pid);
}

void ZygoteLink::stop() {
  pending_.clear();
  // The helper ends when it sees this.
  control_ = base::UniqueFd();
  helper_.reset();
  cgroup_.reset();
}

// Only for people, so it waits for nobody who starts or forks.
ZygoteLink::Fate ZygoteLink::fate_of(std::uint32_t number) {
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(kFatePatience);
  while (!mutex_.try_lock()) {
    if (steady_clock::now() >= deadline) return {};
    std::this_thread::yield();
  }
  Fate fate;
  bool came = true;
  while (!fates_.contains(number) && helper_.has_value() && !starting_ &&
         steady_clock::now() < deadline && read_one(kFatePatience, came)) {
  }
  if (const auto found = fates_.find(number); found != fates_.end()) {
    fate = std::move(found->second);
    fates_.erase(found);
  }
  mutex_.unlock();
  return fate;
}

}  // namespace sublet::sandbox
