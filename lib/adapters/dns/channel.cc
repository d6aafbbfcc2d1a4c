// SPDX-License-Identifier: Apache-2.0
#include "adapters/dns/channel.h"

#include <arpa/inet.h>

#include <exception>
#include <vector>

#include "base/check.h"

namespace sublet::adapters::dns {
namespace {

using Addresses = Result<std::vector<std::string>>;

Error unavailable(std::string why) { return {ErrorCode::kUnavailable, std::move(why)}; }

Addresses addresses_of(int status, const ares_addrinfo* found) {
  if (status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME) {
    return Error{ErrorCode::kNotFound, "there is no such name"};
  }
  if (status != ARES_SUCCESS || found == nullptr) return unavailable(ares_strerror(status));
  std::vector<std::string> addresses;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
    char text[INET6_ADDRSTRLEN] = "";
    if (node->ai_family == AF_INET) {
      const auto* four = reinterpret_cast<const sockaddr_in*>(node->ai_addr);
      (void)::inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
    } else if (node->ai_family == AF_INET6) {
      const auto* six = reinterpret_cast<const sockaddr_in6*>(node->ai_addr);
      (void)::inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
    }
    if (text[0] != '\0') addresses.emplace_back(text);
  }
  if (addresses.empty()) return Error{ErrorCode::kNotFound, "the name has no address"};
  return addresses;
}

bool is_library_ready() noexcept {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

template <typename Handle>
void close_and_free(Handle* handle) {
  const auto on_closed = [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); };
  uv_close(reinterpret_cast<uv_handle_t*>(handle), on_closed);
}

}  // namespace

struct Channel::Watch {
  uv_poll_t poll{};  // first: it is what uv_close() is given
  Channel* channel = nullptr;
  ares_socket_t socket = ARES_SOCKET_BAD;
};

void Lookup::answer(Addresses result) noexcept {
  try {
    done(std::move(result));
  } catch (...) {
    // The host's own: there is nobody to tell.
  }
}

Channel::~Channel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

Result<void> Channel::open() {
  if (!is_library_ready()) return Error{ErrorCode::kResourceExhausted, "c-ares does not start"};
  ares_options settings{};
  // A name is what the egress policy judged, without the system's search list.
  settings.flags = ARES_FLAG_NOSEARCH;
  settings.timeout = static_cast<int>(options_.timeout.count());
  settings.tries = static_cast<int>(options_.tries);
  std::string lookups = options_.hosts_file ? "fb" : "b";
  settings.lookups = lookups.data();
  settings.sock_state_cb = &Channel::on_socket;
  settings.sock_state_cb_data = this;
  const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                    ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&channel_, &settings, given) != ARES_SUCCESS) {
    return Error{ErrorCode::kResourceExhausted, "c-ares makes no channel"};
  }
  std::string servers;
  for (const std::string& server : options_.servers)
    servers += (servers.empty() ? "" : ",") + server;
  if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS) {
    return Error{ErrorCode::kInvalidArgument, "servers: addresses in numbers"};
  }
  return {};
}

bool Channel::submit(std::unique_ptr<Lookup> lookup) noexcept {
  std::list<std::unique_ptr<Lookup>> one;
  const char* why = "out of memory";
  bool first = false;
  try {
    one.emplace_back();
    const base::MutexLock lock(mutex_);
    if (closed_) {
      why = "it was closed";
    } else if (unanswered_ >= options_.max_under_way) {
      why = "max_under_way";
    } else {
      ++unanswered_;
      one.front() = std::move(lookup);
      first = inbox_.empty();
      inbox_.splice(inbox_.end(), one);
    }
  } catch (const std::exception&) {
    first = false;
  }
  if (lookup) lookup->answer(Error{ErrorCode::kUnavailable, why});
  return first;
}

void Channel::start(uv_loop_s* loop) noexcept {
  loop_ = loop;
  timer_ = new (std::nothrow) uv_timer_t;
  if (timer_ == nullptr) return;
  (void)uv_timer_init(loop, timer_);
  timer_->data = this;
}

void Channel::wake() noexcept {
  std::list<std::unique_ptr<Lookup>> arrived;
  {
    const base::MutexLock lock(mutex_);
    arrived.swap(inbox_);
  }
  for (auto& lookup : arrived) look_up(std::move(lookup));
  set_timer();
}

void Channel::look_up(std::unique_ptr<Lookup> lookup) {
  auto* under_way = timer_ == nullptr ? nullptr : new (std::nothrow) UnderWay{this, nullptr};
  if (under_way == nullptr) return finish(std::move(lookup), unavailable("out of memory"));
  under_way->lookup = std::move(lookup);
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel_, under_way->lookup->name.c_str(), nullptr, &hints, &Channel::on_answer,
                   under_way);
}

void Channel::on_answer(void* under_way, int status, int, ares_addrinfo* found) {
  const std::unique_ptr<UnderWay> done(static_cast<UnderWay*>(under_way));
  Addresses result = unavailable("");
  try {
    result = addresses_of(status, found);
  } catch (const std::exception&) {
    // As it is.
  }
  if (found != nullptr) ares_freeaddrinfo(found);
  done->channel->finish(std::move(done->lookup), std::move(result));
}

void Channel::finish(std::unique_ptr<Lookup> lookup, Addresses result) {
  {
    const base::MutexLock lock(mutex_);
    --unanswered_;
  }
  lookup->answer(std::move(result));
}

void Channel::on_socket(void* self, ares_socket_t socket, int readable, int writable) {
  const int events = (readable != 0 ? UV_READABLE : 0) | (writable != 0 ? UV_WRITABLE : 0);
  try {
    static_cast<Channel*>(self)->watch(socket, events);
  } catch (const std::exception&) {
    // The lookup runs into its timeout.
    base::report_failed_check(__FILE__, __LINE__, "out of memory");
  }
}

void Channel::watch(ares_socket_t socket, int events) {
  auto found = watches_.find(socket);
  if (events == 0) {
    if (found == watches_.end()) return;
    close_and_free(found->second);
    watches_.erase(found);
    return;
  }
  if (found == watches_.end()) {
    auto made = std::make_unique<Watch>();
    made->channel = this;
    made->socket = socket;
    found = watches_.emplace(socket, made.get()).first;
    if (uv_poll_init(loop_, &made->poll, socket) != 0) {
      watches_.erase(found);
      return;
    }
    made->poll.data = made.get();
    (void)made.release();  // the loop's, until it is closed
  }
  const auto on_ready = [](uv_poll_t* poll, int status, int happened) {
    const Watch& ready = *static_cast<Watch*>(poll->data);
    const bool failed = status < 0;
    const bool in = failed || (happened & UV_READABLE) != 0;
    const bool out = failed || (happened & UV_WRITABLE) != 0;
    ready.channel->process(in ? ready.socket : ARES_SOCKET_BAD,
                           out ? ready.socket : ARES_SOCKET_BAD);
  };
  (void)uv_poll_start(&found->second->poll, events, on_ready);
}

void Channel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  set_timer();
}

void Channel::set_timer() {
  if (timer_ == nullptr || channel_ == nullptr) return;
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) {
    (void)uv_timer_stop(timer_);
    return;
  }
  const auto on_time = [](uv_timer_t* timer) {
    static_cast<Channel*>(timer->data)->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  };
  const auto milliseconds = static_cast<std::uint64_t>(wait.tv_sec * 1000 + wait.tv_usec / 1000);
  (void)uv_timer_start(timer_, on_time, milliseconds + 1, 0);
}

void Channel::end() noexcept {
  std::list<std::unique_ptr<Lookup>> arrived;
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
    arrived.swap(inbox_);
  }
  // Answers what is under way.
  ares_destroy(std::exchange(channel_, nullptr));
  for (auto& lookup : arrived) finish(std::move(lookup), unavailable("closed"));
  if (timer_ != nullptr) close_and_free(std::exchange(timer_, nullptr));
}

}  // namespace sublet::adapters::dns
