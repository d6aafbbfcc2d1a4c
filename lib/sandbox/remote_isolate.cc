// SPDX-License-Identifier: Apache-2.0
#include "sandbox/remote_isolate.h"

#include <algorithm>
#include <utility>

#include "sandbox/remote_context.h"

namespace sublet::sandbox {
namespace {

using std::chrono::steady_clock;

// A process that was asked to end its turn is ended after this, provided that it ran for a while
// since: one that the machine did not run could not obey. After `kLongestGrace` in any case.
constexpr std::chrono::nanoseconds kGrace = std::chrono::milliseconds(25);
constexpr std::chrono::nanoseconds kGraceCpu = std::chrono::milliseconds(10);
constexpr std::chrono::nanoseconds kLongestGrace = std::chrono::milliseconds(100);
// What runs no tenant code must be answered within this.
constexpr std::chrono::seconds kPatience{10};

// Beside the tenant's own memory: what V8 is told on top of the tenant's heap limit, its code, the
// stack, and what the process had when it was forked.
constexpr std::uint64_t kOwnMemory = std::uint64_t{448} << 20;
constexpr std::uint64_t kDryRunMemory = std::uint64_t{4096} << 20;

// How often the system is asked what a process takes. What it says of itself may be a lie.
constexpr std::chrono::milliseconds kWeighing{100};
// CPU time that nobody asked for between two leases: a collection that came to its end, and no
// more.
constexpr std::chrono::nanoseconds kIdleCpu = std::chrono::milliseconds(20);
constexpr int kIdleShare = 100;  // and one hundredth of the time that passed

// Bodies of more than the turn can bring are refused unread. See ChildServer for the process's
// side.
constexpr std::uint64_t kLargestAsked = std::uint64_t{17} << 20;
constexpr std::uint64_t kSlack = std::uint64_t{1} << 20;

std::int64_t now_count() { return steady_clock::now().time_since_epoch().count(); }

}  // namespace

RemoteIsolate::RemoteIsolate(ZygoteLink::Child child, std::shared_ptr<ZygoteLink> link)
    : child_(std::move(child)), link_(std::move(link)), channel_(child_.process->channel()) {}

bool RemoteIsolate::wait_until_ready() {
  Channel::Message message;
  const auto status = channel_.receive(message, steady_clock::now() + kPatience);
  const bool ready = status == Channel::Status::kOk && message.type == MessageType::kReady &&
                     decode_number(message.body) == kProtocolVersion;
  if (!ready) lose_closed();
  weight_at_birth_ = child_.process->resident_memory();
  return ready;
}

void RemoteIsolate::enter() {
  if (lost()) return;
  if (std::exchange(stands_still_, false)) child_.process->resume();
  if (channel_.closed()) return lose_closed();
  if (left_at_ == steady_clock::time_point()) return;
  const auto passed = steady_clock::now() - left_at_;
  const auto used = child_.process->cpu_time() - cpu_left_at_;
  if (used > kIdleCpu + passed / kIdleShare) {
    lose("the sandboxed process used CPU time while nothing ran in it");
  }
}

void RemoteIsolate::leave() {
  left_at_ = steady_clock::now();
  cpu_left_at_ = child_.process->cpu_time();
  if (calm_ && !lost()) {
    child_.process->pause();
    stands_still_ = true;
  }
  if (!lost() && left_at_ - weighed_at_ >= kWeighing) weigh();
}

// What it grew by since it was forked, as the system says.
void RemoteIsolate::weigh() {
  weighed_at_ = left_at_;
  const std::uint64_t now = child_.process->resident_memory();
  grown_ = now > weight_at_birth_ ? now - weight_at_birth_ : 0;
}

void RemoteIsolate::collect_garbage() {
  do_quietly(MessageType::kCollect);
  if (lost()) return;
  channel_.region().discard_all();
  calm_ = true;
}

void RemoteIsolate::assign(const engine::IsolateOptions& options) {
  options_ = options;
  tell(MessageType::kAssign, encode(options));
}

std::unique_ptr<engine::Context> RemoteIsolate::create_context(Realm realm) {
  if (lost()) return nullptr;
  const std::uint64_t number = ++last_context_;
  tell(MessageType::kCreateContext, encode_pair(number, static_cast<std::uint64_t>(realm)));
  return std::make_unique<RemoteContext>(*this, number);
}

engine::MemoryReading RemoteIsolate::memory() const {
  engine::MemoryReading reading;
  reading.heap = Bytes{heap_.load(std::memory_order_relaxed)};
  reading.external = Bytes{external_memory_.load(std::memory_order_relaxed)};
  reading.committed = Bytes{
      std::max(committed_.load(std::memory_order_relaxed), grown_.load(std::memory_order_relaxed))};
  reading.peak_heap = Bytes{peak_heap_.load(std::memory_order_relaxed)};
  reading.peak_external = Bytes{peak_external_.load(std::memory_order_relaxed)};
  return reading;
}

// No reading is larger than what the process may have: a lie would cost other tenants their
// isolates.
void RemoteIsolate::take(const Standing& standing) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  std::uint64_t most = options_.heap.count + options_.external_memory.count + kOwnMemory;
  if (options_.heap_dry_run || options_.external_dry_run) most += kDryRunMemory;
  const auto store = [most](std::atomic<std::uint64_t>& field, Bytes reading) {
    field.store(std::min(reading.count, most), kRelaxed);
  };
  store(heap_, standing.memory.heap);
  store(external_memory_, standing.memory.external);
  store(committed_, standing.memory.committed);
  store(peak_heap_, standing.memory.peak_heap);
  store(peak_external_, standing.memory.peak_external);
  if (standing.exhausted) exhausted_ = true;
  if (standing.heap_limit_passed) heap_passed_ = true;
  if (standing.external_limit_passed) external_passed_ = true;
}

std::uint32_t RemoteIsolate::begin_turn(std::uint64_t result_limit) {
  channel_.limit_bodies(std::max(result_limit, kLargestAsked) + kSlack);
  terminated_at_ = 0;
  if (++last_turn_ == 0) ++last_turn_;
  turn_ = last_turn_;
  return last_turn_;
}

void RemoteIsolate::terminate() noexcept {
  const std::uint32_t turn = turn_.load();
  if (turn == 0) return;
  std::int64_t first = 0;
  const std::int64_t now = now_count();
  const std::int64_t cpu = child_.process->cpu_time().count();
  if (terminated_at_.compare_exchange_strong(first, now)) {
    terminated_cpu_ = cpu;
    return child_.process->terminate_turn(turn);
  }
  const bool ran = cpu - terminated_cpu_ >= kGraceCpu.count();
  if (now - first >= (ran ? kGrace : kLongestGrace).count()) return child_.process->end();
  child_.process->terminate_turn(turn);
}

std::optional<std::string_view> RemoteIsolate::ask(MessageType question, std::string_view body,
                                                   MessageType answer, engine::HostCallPort* port) {
  if (lost()) return std::nullopt;
  calm_ = false;
  // While tenant code may run, the watchdog is the one to lose patience.
  const auto deadline =
      port != nullptr ? steady_clock::time_point::max() : steady_clock::now() + kPatience;
  auto status = channel_.send(question, body, /*answered=*/true, deadline);
  Channel::Message message;
  while (status == Channel::Status::kOk) {
    status = channel_.receive(message, deadline);
    if (status != Channel::Status::kOk) break;
    if (message.type == answer) {
      if (!channel_.has_more()) return message.body;
      lose_trust();  // it is the host's turn to speak
      return std::nullopt;
    }
    if (message.type == MessageType::kFatal) {
      exhausted_ = true;
      lose("V8 gave up in the sandboxed process");
      return std::nullopt;
    }
    if (!serve(message, port)) {
      lose_trust();
      return std::nullopt;
    }
  }
  if (status == Channel::Status::kGarbage) {
    lose_trust();
  } else {
    lose_closed();
  }
  return std::nullopt;
}

// False: that is not for it to ask.
bool RemoteIsolate::serve(const Channel::Message& message, engine::HostCallPort* port) {
  if (port == nullptr) return false;
  switch (message.type) {
    case MessageType::kLog: {
      const auto log = decode_log(message.body);
      if (log) port->log(log->level, log->text);
      return log.has_value();
    }
    case MessageType::kCancelTimer: {
      const auto id = decode_number(message.body);
      if (id) port->cancel_timer(*id);
      return id.has_value();
    }
    case MessageType::kCall:
    case MessageType::kTimer:
    case MessageType::kAskRemaining:
      return serve_call(message, *port);
    default:
      return false;
  }
}

// What is answered at once.
bool RemoteIsolate::serve_call(const Channel::Message& message, engine::HostCallPort& port) {
  if (message.type == MessageType::kAskRemaining) {
    (void)channel_.send(MessageType::kRemaining, encode(port.remaining()));
    return message.body.empty();
  }
  engine::HostCallStart start;
  if (message.type == MessageType::kCall) {
    const auto call = decode_call(message.body);
    if (!call) return false;
    start = port.start_call(call->name, std::string(call->arguments), std::string(call->body));
  } else {
    const auto delay = decode_number(message.body);
    if (!delay || *delay > static_cast<std::uint64_t>(std::chrono::milliseconds::max().count())) {
      return false;
    }
    start = port.start_timer(std::chrono::milliseconds(static_cast<std::int64_t>(*delay)));
  }
  // A process that is gone shows at the next receive.
  (void)channel_.send(MessageType::kCallStarted, encode(start));
  return true;
}

void RemoteIsolate::tell(MessageType type, std::string_view body) {
  if (!lost()) channel_.queue(type, body);
}

void RemoteIsolate::do_quietly(MessageType question) {
  const auto answer = ask(question, {}, MessageType::kDone, nullptr);
  if (!answer) return;
  const auto standing = decode_standing(*answer);
  if (!standing) return lose_trust();
  take(*standing);
  channel_.tidy();
}

void RemoteIsolate::lose(std::string reason) {
  if (lost()) return;
  why_lost_ = std::move(reason);
  child_.process->end();
  lost_ = true;
}

void RemoteIsolate::lose_closed() {
  const bool by_us = child_.process->ended();
  const ZygoteLink::Fate fate = by_us ? ZygoteLink::Fate() : link_->fate_of(child_.number);
  if (fate.cpu.count() > 0) child_.process->note_final_cpu(fate.cpu);
  lose(by_us ? "the sandboxed process did not end its turn and was ended"
             : "the sandboxed process " + (fate.text.empty() ? "is gone" : fate.text));
}

RemoteIsolate::Known RemoteIsolate::number_of(
    const std::shared_ptr<const engine::Program>& program) {
  for (auto each = programs_.begin(); each != programs_.end();) {
    if (!each->second.program.expired()) {
      ++each;
      continue;
    }
    tell(MessageType::kDropProgram, encode_number(each->second.number));
    each = programs_.erase(each);
  }
  const auto [at, fresh] = programs_.try_emplace(program.get());
  if (fresh) at->second = {++last_program_, program};
  return {at->second.number, fresh};
}

}  // namespace sublet::sandbox
