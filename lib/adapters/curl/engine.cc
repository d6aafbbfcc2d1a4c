// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/engine.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"

namespace sublet::adapters::curl {
namespace {

constexpr std::size_t kIdleEasies = 128;

}  // namespace

bool Engine::submit(std::unique_ptr<Exchange> exchange) noexcept {
  std::list<std::unique_ptr<Exchange>> one;
  HttpFailure failure = HttpFailure::kUnavailable;
  const char* why = "out of memory";
  bool first = false;
  try {
    one.emplace_back();
    const base::MutexLock lock(mutex_);
    if (closed_) {
      failure = HttpFailure::kCanceled;
      why = "the transport ended";
    } else if (unanswered_.size() >= settings_.options.max_under_way) {
      why = "max_under_way requests are under way";
    } else {
      unanswered_.emplace(exchange->id(), false);
      one.front() = std::move(exchange);
      first = inbox_.empty();
      inbox_.splice(inbox_.end(), one);
    }
  } catch (const std::exception&) {
    failure = HttpFailure::kUnavailable;
  }
  if (exchange) {
    exchange->end(failure, why);
    exchange->answer();
  }
  return first;
}

bool Engine::cancel(HttpTransport::Id id) noexcept {
  const base::MutexLock lock(mutex_);
  const auto found = unanswered_.find(id);
  if (found == unanswered_.end()) return false;
  found->second = true;
  return !std::exchange(any_canceled_, true);
}

void Engine::start(uv_loop_s* loop) noexcept {
  loop_ = loop;
  try {
    timer_ = new uv_timer_t;
    (void)uv_timer_init(loop, timer_);
    timer_->data = this;
    multi_.emplace(loop, [this] { progress(); });
    (void)multi_->open(settings_);
  } catch (const std::exception&) {
    // Requests are answered with kUnavailable.
    base::report_failed_check(__FILE__, __LINE__, "out of memory");
  }
}

void Engine::wake() noexcept {
  std::list<std::unique_ptr<Exchange>> arrived;
  {
    const base::MutexLock lock(mutex_);
    arrived.swap(inbox_);
  }
  for (auto& exchange : arrived) begin(std::move(exchange));
  end_canceled();
  // libcurl asks for new transfers to be driven by its timer, at once.
  if (multi_ && !arrived.empty()) multi_->drive();
  set_timer();
}

void Engine::begin(std::unique_ptr<Exchange> exchange) {
  HttpFailure failure = HttpFailure::kUnavailable;
  const char* why = "out of memory";
  try {
    failure = exchange->prepare(settings_);
    if (failure != HttpFailure::kNone) {
      why = "";
    } else {
      Exchange& begun = *exchange;
      Easy easy = an_easy();
      failure = HttpFailure::kUnavailable;
      if (easy && multi_ && begun.set_up(std::move(easy), settings_)) {
        has_connections_ = true;
        list(begun);
        under_way_.emplace(&begun, std::move(exchange));
        if (multi_->add(begun.easy())) return;
        exchange = take(begun);
      }
    }
  } catch (const std::exception&) {
    failure = HttpFailure::kUnavailable;
    if (exchange) unlist(*exchange);
  }
  exchange->end(failure, why);
  answer(std::move(exchange));
}

Easy Engine::an_easy() {
  if (idle_easies_.empty()) return make_easy(settings_);
  Easy easy = std::move(idle_easies_.back());
  idle_easies_.pop_back();
  return easy;
}

// libcurl does not tell when a request is on its way, so the time is the earliest at which it may
// be late.
void Engine::list(Exchange& exchange) {
  const Time at = exchange.look_again_at(now());
  due_.emplace(at, &exchange);
  exchange.listed_at = at;
}

void Engine::unlist(Exchange& exchange) { due_.erase({exchange.listed_at, &exchange}); }

std::unique_ptr<Exchange> Engine::take(Exchange& exchange) {
  unlist(exchange);
  auto node = under_way_.extract(&exchange);
  return std::move(node.mapped());
}

void Engine::progress() noexcept {
  CURLcode result = CURLE_OK;
  while (CURL* easy = multi_ ? multi_->next_done(result) : nullptr) {
    Exchange* done = nullptr;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &done);
    multi_->remove(easy);
    std::unique_ptr<Exchange> exchange = take(*done);
    try {
      exchange->finish(result);
    } catch (const std::exception&) {
      exchange->end(HttpFailure::kUnavailable, "out of memory");
    }
    answer(std::move(exchange));
  }
  set_timer();
}

void Engine::answer(std::unique_ptr<Exchange> exchange) noexcept {
  if (Easy easy = exchange->take_easy(); easy && idle_easies_.size() < kIdleEasies && !ending_) {
    char* none = nullptr;
    (void)curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, none);
    try {
      idle_easies_.push_back(std::move(easy));
    } catch (const std::exception&) {
      // It is made again.
    }
  }
  {
    const base::MutexLock lock(mutex_);
    unanswered_.erase(exchange->id());
  }
  exchange->answer();
}

void Engine::end_one(Exchange& exchange, HttpFailure failure, const char* message) {
  multi_->remove(exchange.easy());
  std::unique_ptr<Exchange> ended = take(exchange);
  ended->end(failure, message);
  answer(std::move(ended));
}

void Engine::end_canceled() {
  std::vector<Exchange*> canceled;
  {
    const base::MutexLock lock(mutex_);
    if (!any_canceled_) return;
    // One of those that arrived in the meantime may be meant; they wake the thread again.
    any_canceled_ = !inbox_.empty();
    try {
      for (const auto& [at, exchange] : under_way_) {
        const auto found = unanswered_.find(exchange->id());
        if (found != unanswered_.end() && found->second) canceled.push_back(at);
      }
    } catch (const std::exception&) {
      any_canceled_ = true;  // the others come next time
    }
  }
  for (Exchange* exchange : canceled) end_one(*exchange, HttpFailure::kCanceled, "canceled");
}

void Engine::on_time() noexcept {
  timer_at_ = kNever;
  end_overdue();
  close_idle();
  set_timer();
}

void Engine::end_overdue() {
  const Time at = now();
  while (!due_.empty() && due_.begin()->first <= at) {
    Exchange& exchange = *due_.begin()->second;
    const HttpFailure failure = exchange.overdue(at);
    if (failure != HttpFailure::kNone) {
      end_one(exchange, failure, "the time was over");
      continue;
    }
    // It came further since it was listed.
    auto node = due_.extract(due_.begin());
    node.value().first = exchange.listed_at = exchange.look_again_at(at);
    due_.insert(std::move(node));
  }
}

void Engine::close_idle() {
  if (idle_since_ == kNever || now() < idle_ends()) return;
  idle_since_ = kNever;
  has_connections_ = false;
  if (multi_) (void)multi_->open(settings_);
}

Time Engine::idle_ends() const noexcept {
  return idle_since_ + std::chrono::microseconds(settings_.options.idle_timeout).count();
}

void Engine::set_timer() {
  if (ending_ || timer_ == nullptr) return;
  Time due = due_.empty() ? kNever : due_.begin()->first;
  if (!under_way_.empty()) {
    idle_since_ = kNever;
  } else if (has_connections_) {
    if (idle_since_ == kNever) idle_since_ = now();
    due = std::min(due, idle_ends());
  }
  // A timer that comes too early looks again.
  if (due >= timer_at_) return;
  timer_at_ = due;
  const Time wait = std::max(Time{0}, due - now());
  const auto on_timer = [](uv_timer_t* timer) { static_cast<Engine*>(timer->data)->on_time(); };
  uv_update_time(loop_);
  (void)uv_timer_start(timer_, on_timer, static_cast<std::uint64_t>(wait / 1000 + 1), 0);
}

void Engine::end() noexcept {
  ending_ = true;
  std::list<std::unique_ptr<Exchange>> arrived;
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
    arrived.swap(inbox_);
  }
  while (!under_way_.empty()) {
    end_one(*under_way_.begin()->first, HttpFailure::kCanceled, "the transport ended");
  }
  for (auto& exchange : arrived) {
    exchange->end(HttpFailure::kCanceled, "the transport ended");
    answer(std::move(exchange));
  }
  multi_.reset();
  idle_easies_.clear();
  if (timer_ == nullptr) return;
  const auto on_closed = [](uv_handle_t* closed) { delete reinterpret_cast<uv_timer_t*>(closed); };
  uv_close(reinterpret_cast<uv_handle_t*>(timer_), on_closed);
}

}  // namespace sublet::adapters::curl
