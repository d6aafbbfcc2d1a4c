// SPDX-License-Identifier: Apache-2.0
#include "sandbox/child_server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/utf8.h"

namespace sublet::sandbox {
namespace {

// The host takes no larger messages. Limits::log_line is at most that long.
constexpr std::size_t kLargestArguments = std::size_t{16} << 20;
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

constexpr int kHostGone = 0;
constexpr int kNotOurHost = 70;
constexpr int kFatal = 71;
constexpr int kNotLimited = 73;

// For the signal handler and V8's fatal callback, which know nothing else. One server a process.
std::atomic<ChildServer*> the_server{nullptr};
std::atomic<engine::Terminator*> the_terminator{nullptr};
std::atomic<std::uint32_t> the_turn{0};

[[noreturn]] void leave(int status) { ::_exit(status); }

// Beside the tenant's own memory: what V8 is told on top of the tenant's heap limit, its code, the
// stack, and what the process had when it was forked.
constexpr std::uint64_t kOwnMemory = std::uint64_t{448} << 20;
constexpr std::uint64_t kDryRunMemory = std::uint64_t{4096} << 20;

// The most private memory the process may have, from here on.
bool limit_memory(const engine::IsolateOptions& options) {
  std::uint64_t most = options.heap.count + options.external_memory.count + kOwnMemory;
  if (options.heap_dry_run || options.external_dry_run) most += kDryRunMemory;
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) return false;
  // Where the host has less itself, that holds.
  limit.rlim_cur = limit.rlim_max = std::min<rlim_t>(most, limit.rlim_max);
  return ::setrlimit(RLIMIT_DATA, &limit) == 0;
}

// What decoding gave; the host is trusted, so anything else is not our host.
template <typename Decoded>
auto required(Decoded decoded) {
  if (!decoded) leave(kNotOurHost);
  return std::move(*decoded);
}

}  // namespace

ChildServer::ChildServer(Channel channel, engine::Engine& engine,
                         std::unique_ptr<engine::Isolate> isolate,
                         std::unique_ptr<engine::Context> spare)
    : channel_(std::move(channel)),
      engine_(engine),
      isolate_(std::move(isolate)),
      spare_(std::move(spare)) {}

void ChildServer::terminate_turn(std::uint32_t turn) noexcept {
  if (turn != 0 && turn == the_turn.load()) the_terminator.load()->terminate();
}

void ChildServer::fatal(std::string_view reason) noexcept {
  if (ChildServer* server = the_server.load()) {
    (void)server->channel_.send(MessageType::kFatal, reason, /*answered=*/false);
  }
  leave(kFatal);
}

void ChildServer::serve() {
  the_terminator = &isolate_->terminator();
  the_server = this;
  isolate_->enter();
  (void)channel_.send(MessageType::kReady, encode_number(kProtocolVersion), /*answered=*/false);
  for (;;) {
    Channel::Message message;
    if (channel_.receive(message) != Channel::Status::kOk) leave(kHostGone);
    if (!handle_quiet(message)) handle(message);
  }
}

// What is not answered. False: it is something else.
bool ChildServer::handle_quiet(const Channel::Message& message) {
  switch (message.type) {
    case MessageType::kAssign:
      options_ = required(decode_options(message.body));
      if (!limit_memory(options_)) leave(kNotLimited);
      isolate_->assign(options_);
      // The stack's limit is set on entering.
      isolate_->leave();
      isolate_->enter();
      // The permission was given, or not, when the context was made.
      if (options_.allow_eval || options_.allow_wasm) spare_.reset();
      return true;
    case MessageType::kCreateContext:
      create_context(message.body);
      return true;
    case MessageType::kWarn: {
      const Pair pair = required(decode_pair(message.body));
      context(pair.first).warn(pair.second);
      return true;
    }
    case MessageType::kDrop: {
      const Pair pair = required(decode_pair(message.body));
      context(pair.first).drop(pair.second);
      return true;
    }
    case MessageType::kDropContext:
      contexts_.erase(required(decode_number(message.body)));
      return true;
    case MessageType::kDropProgram:
      programs_.erase(required(decode_number(message.body)));
      return true;
    default:
      return false;
  }
}

void ChildServer::handle(const Channel::Message& message) {
  switch (message.type) {
    case MessageType::kLoad:
      return load(message.body);
    case MessageType::kStart:
      return start(message.body);
    case MessageType::kResume:
      return resume(message.body);
    case MessageType::kPrepare:
      return prepare(message.body);
    case MessageType::kIdleWork:
      isolate_->run_idle_work();
      return answer(MessageType::kDone, encode(end_turn(nullptr)));
    case MessageType::kCollect:
      channel_.tidy();
      isolate_->collect_garbage();
      return answer(MessageType::kDone, encode(end_turn(nullptr)));
    default:
      leave(kNotOurHost);
  }
}

void ChildServer::create_context(std::string_view body) {
  const Pair pair = required(decode_pair(body));
  const auto realm = static_cast<Realm>(pair.second);
  contexts_[pair.first] = realm == Realm::kStandard && spare_ != nullptr
                              ? std::move(spare_)
                              : isolate_->create_context(realm);
}

engine::Context& ChildServer::context(std::uint64_t number) {
  const auto found = contexts_.find(number);
  if (found == contexts_.end() || found->second == nullptr) leave(kNotOurHost);
  return *found->second;
}

void ChildServer::load(std::string_view body) {
  LoadMessage message = required(decode_load(body));
  if (message.program != nullptr) programs_[message.number] = std::move(message.program);
  const auto program = programs_.find(message.number);
  const auto made = contexts_.find(message.context);
  if (program == programs_.end() || made == contexts_.end()) leave(kNotOurHost);
  engine::LoadReport report;
  if (made->second == nullptr) {
    report.error = GuestError{"internal_error", "no context could be made", ""};
    return answer(MessageType::kLoaded, encode(report, end_turn(nullptr)));
  }
  begin_turn(message.turn);
  report = made->second->load(program->second, *this);
  answer(MessageType::kLoaded, encode(report, end_turn(made->second.get())));
}

void ChildServer::start(std::string_view body) {
  const StartMessage message = required(decode_start(body));
  engine::Context& target = context(message.context);
  begin_turn(message.turn);
  const engine::TurnReport report = target.start(message.activation, message.input, *this);
  answer(MessageType::kTurnEnded, encode(report, end_turn(&target)));
}

void ChildServer::resume(std::string_view body) {
  const ResumeMessage message = required(decode_resume(body));
  engine::Context& target = context(message.context);
  begin_turn(message.turn);
  const engine::TurnReport report = target.resume(message.activation, message.completions);
  answer(MessageType::kTurnEnded, encode(report, end_turn(&target)));
}

void ChildServer::prepare(std::string_view body) {
  auto program = decode_program(body);
  if (program == nullptr) leave(kNotOurHost);
  // Compiling takes an isolate of its own.
  isolate_->leave();
  const Result<void> result = engine_.prepare(*program);
  isolate_->enter();
  answer(MessageType::kPrepared, encode_prepared(result, *program));
}

void ChildServer::begin_turn(std::uint32_t turn) {
  isolate_->reset_peaks();
  the_turn = turn;
}

Standing ChildServer::end_turn(const engine::Context* target) {
  the_turn = 0;
  Standing standing;
  standing.memory = isolate_->memory();
  standing.exhausted = isolate_->exhausted();
  standing.heap_limit_passed = isolate_->take_heap_limit_passed();
  standing.external_limit_passed = isolate_->take_external_limit_passed();
  standing.reusable = target != nullptr && target->reusable();
  return standing;
}

void ChildServer::answer(MessageType type, std::string_view body) {
  if (channel_.send(type, body) != Channel::Status::kOk) leave(kHostGone);
}

std::string_view ChildServer::await(MessageType type) {
  Channel::Message message;
  if (channel_.receive(message) != Channel::Status::kOk) leave(kHostGone);
  if (message.type != type) leave(kNotOurHost);
  return message.body;
}

engine::HostCallStart ChildServer::start_call(std::string_view name, std::string arguments,
                                              std::string body) noexcept {
  if (arguments.size() > kLargestArguments || body.size() > kLargestArguments) {
    return {engine::HostCallStart::Kind::kRefused, 0,
            "the arguments are larger than a sandboxed process may send: 16 MiB"};
  }
  // No function of the host has a longer name, and a process that asks for one is not believed.
  constexpr std::size_t kMostName = 4u << 10;
  answer(MessageType::kCall, encode_call(base::cut_utf8(name, kMostName), arguments, body));
  return required(decode_call_start(await(MessageType::kCallStarted)));
}

engine::HostCallStart ChildServer::start_timer(std::chrono::milliseconds delay) noexcept {
  answer(MessageType::kTimer, encode_number(static_cast<std::uint64_t>(delay.count())));
  return required(decode_call_start(await(MessageType::kCallStarted)));
}

void ChildServer::cancel_timer(engine::CallId id) noexcept {
  if (channel_.send(MessageType::kCancelTimer, encode_number(id), /*answered=*/false) !=
      Channel::Status::kOk) {
    leave(kHostGone);
  }
}

void ChildServer::log(LogLevel level, std::string_view text) noexcept {
  text = base::cut_utf8(text, kLongestLine);
  if (channel_.send(MessageType::kLog, encode_log(level, text), /*answered=*/false) !=
      Channel::Status::kOk) {
    leave(kHostGone);
  }
}

engine::RemainingLimits ChildServer::remaining() noexcept {
  answer(MessageType::kAskRemaining, {});
  return required(decode_remaining(await(MessageType::kRemaining)));
}

}  // namespace sublet::sandbox
