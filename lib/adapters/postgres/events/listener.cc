// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/listener.h"

#include <libpq-fe.h>
#include <uv.h>

#include <algorithm>
#include <exception>

#include "adapters/postgres/events/names.h"

namespace sublet::adapters::postgres {
namespace {

void drop_notice(void*, const PGresult*) {}

}  // namespace

struct Listener::Timer {
  uv_timer_t handle{};
};

Listener::Listener(EventContext& context, ConnectSettings settings)
    : context_(context),
      settings_(std::move(settings)),
      random_(static_cast<std::uint32_t>(uv_hrtime())) {}

Listener::~Listener() {
  watch_.stop();
  PQfinish(session_);
}

void Listener::start(uv_loop_s* loop) noexcept {
  try {
    auto timer = std::make_unique<Timer>();
    (void)uv_timer_init(loop, &timer->handle);
    timer->handle.data = this;
    timer_ = timer.release();
    loop_ = loop;
    connect();
  } catch (const std::exception&) {
    lose();
  }
}

void Listener::end() noexcept {
  watch_.stop();
  PQfinish(session_);
  session_ = nullptr;
  state_ = State::kClosed;
  if (timer_ == nullptr) return;
  const auto on_closed = [](uv_handle_t* handle) {
    delete reinterpret_cast<Timer*>(handle);  // its first member
  };
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_->handle), on_closed);
  timer_ = nullptr;
}

void Listener::connect() {
  state_ = State::kConnecting;
  session_ = settings_.begin();
  if (session_ == nullptr || PQstatus(session_) == CONNECTION_BAD) return lose();
  PQsetNoticeReceiver(session_, drop_notice, nullptr);
  set_timer(static_cast<std::uint64_t>(settings_.timeout().count()));
  if (!watch(true)) lose();
}

void Listener::on_time() {
  try {
    state_ == State::kClosed ? connect() : lose();
  } catch (const std::exception&) {
    lose();
  }
}

void Listener::on_socket() noexcept {
  try {
    state_ == State::kConnecting ? step_connecting() : step_session();
  } catch (const std::exception&) {
    lose();
  }
}

void Listener::step_connecting() {
  switch (PQconnectPoll(session_)) {
    case PGRES_POLLING_READING:
      if (!watch(false)) lose();
      return;
    case PGRES_POLLING_WRITING:
      if (!watch(true)) lose();
      return;
    case PGRES_POLLING_OK:
      if (!ask()) lose();
      return;
    default:
      return lose();
  }
}

// Of a few bytes, which the system takes at once.
bool Listener::ask() {
  state_ = State::kAsking;
  asked_well_ = false;
  const std::string sql = "LISTEN " + context_.channel;
  return PQsetnonblocking(session_, 1) == 0 && PQsendQuery(session_, sql.c_str()) != 0 &&
         PQflush(session_) == 0 && watch(false);
}

void Listener::step_session() {
  if (PQconsumeInput(session_) == 0) return lose();
  while (state_ == State::kAsking && PQisBusy(session_) == 0) {
    PGresult* const result = PQgetResult(session_);
    if (result != nullptr) {
      asked_well_ = PQresultStatus(result) == PGRES_COMMAND_OK;
      PQclear(result);
      continue;
    }
    if (!asked_well_) return lose();
    state_ = State::kListening;
    failures_ = 0;
    (void)uv_timer_stop(&timer_->handle);
    context_.watcher.tell({});
  }
  take_notifications();
  if (PQstatus(session_) != CONNECTION_OK) lose();
}

void Listener::take_notifications() {
  while (PGnotify* const notification = PQnotifies(session_)) {
    const std::unique_ptr<PGnotify, void (*)(void*)> owned(notification, PQfreemem);
    Notification parsed = parse_notification(notification->extra);
    if (parsed.sender != context_.sender) context_.watcher.tell(std::move(parsed.queues));
  }
}

void Listener::lose() {
  watch_.stop();
  PQfinish(session_);
  session_ = nullptr;
  state_ = State::kClosed;
  set_timer(pause());
}

// Between half and all of a time that doubles, so that processes do not come all at once.
std::uint64_t Listener::pause() {
  const auto first = static_cast<std::uint64_t>(context_.options.first_backoff.count());
  const auto last = static_cast<std::uint64_t>(context_.options.last_backoff.count());
  const std::uint64_t most = std::min(std::max(first, last), first << std::min(failures_++, 30u));
  return std::max<std::uint64_t>(
      1, std::uniform_int_distribution<std::uint64_t>(most / 2, most)(random_));
}

void Listener::set_timer(std::uint64_t after) {
  if (timer_ == nullptr) return;
  const auto on_timer = [](uv_timer_t* handle) { static_cast<Listener*>(handle->data)->on_time(); };
  (void)uv_timer_start(&timer_->handle, on_timer, after, 0);
}

bool Listener::watch(bool writable) {
  const int socket = PQsocket(session_);
  if (socket < 0 || !watch_.start(loop_, socket, [this](bool) { on_socket(); })) return false;
  watch_.wait_for(!writable, writable);
  return true;
}

}  // namespace sublet::adapters::postgres
