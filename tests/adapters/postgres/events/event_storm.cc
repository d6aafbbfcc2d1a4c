// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/event_storm.h"

#include <chrono>
#include <map>

#include "adapters/postgres/events/event_side.h"

namespace sublet {
namespace {

constexpr std::chrono::minutes kPatience{1};

template <typename Condition>
bool wait_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::vector<EventCompletion> all_completions(EventQueue& queue) {
  std::vector<EventCompletion> all;
  std::string cursor;
  for (bool more = true; more;) {
    Answer<EventCompletionPage> answer;
    queue.completions(cursor, EventQueue::kMaxPage, answer.callback());
    EventCompletionPage page = value_of(answer);
    more = !page.completions.empty();
    cursor = page.cursor;
    for (EventCompletion& completion : page.completions) all.push_back(std::move(completion));
  }
  return all;
}

}  // namespace

struct EventStorm::Publisher {
  enum class Told { kDone, kNotDone, kUnknown };
  int number = 0;
  std::shared_ptr<EventQueue> queue;
  std::vector<Told> told;  // by event

  std::string event(std::size_t i) const {
    return std::to_string(number) + "/" + std::to_string(i);
  }
};

EventStorm::EventStorm(std::vector<std::shared_ptr<EventQueue>> queues, int publishers, int workers)
    : queues_(std::move(queues)) {
  for (int i = 0; i < publishers; ++i) {
    auto publisher = std::make_unique<Publisher>();
    publisher->number = i;
    publisher->queue = queues_[static_cast<std::size_t>(i) % queues_.size()];
    publishing_.emplace_back([this, &p = *publisher] { publish(p); });
    publishers_.push_back(std::move(publisher));
  }
  for (int i = 0; i < workers; ++i) {
    EventQueue& queue = *queues_[static_cast<std::size_t>(i) % queues_.size()];
    working_.emplace_back([this, &queue] { work(queue); });
  }
}

EventStorm::~EventStorm() {
  stop_publishing_ = stop_working_ = true;
  for (std::thread& thread : publishing_) {
    if (thread.joinable()) thread.join();
  }
  for (std::thread& thread : working_) {
    if (thread.joinable()) thread.join();
  }
}

void EventStorm::publish(Publisher& publisher) {
  using Told = Publisher::Told;
  while (!stop_publishing_) {
    const std::string key = "key" + std::to_string(publisher.number);
    Answer<std::vector<EventEnqueued>> answer;
    publisher.queue->enqueue({unit_of({delivery_of(publisher.event(publisher.told.size()), key)})},
                             answer.callback());
    const auto enqueued = answer.get();
    if (!enqueued) note(enqueued.error());
    const bool unknown = !enqueued && enqueued.error().code == ErrorCode::kIndeterminate;
    publisher.told.push_back(enqueued ? Told::kDone : unknown ? Told::kUnknown : Told::kNotDone);
  }
}

void EventStorm::note(const Error& error) {
  if (error.code != ErrorCode::kIndeterminate && error.code != ErrorCode::kUnavailable) {
    ++unexpected_;
  }
}

void EventStorm::work(EventQueue& queue) {
  while (!stop_working_) {
    EventClaim request = claim_of(10);
    request.lease = std::chrono::milliseconds(300);
    Answer<std::vector<EventDelivery>> answer;
    queue.claim(request, answer.callback());
    auto claimed = answer.get();
    if (!claimed) {
      note(claimed.error());
    } else if (!claimed->empty()) {
      settle_some(queue, *std::move(claimed));
    }
  }
}

void EventStorm::settle_some(EventQueue& queue, std::vector<EventDelivery> claimed) {
  std::vector<EventSettlement> settlements;
  for (const EventDelivery& delivery : claimed) {
    settlements.push_back(done_of(delivery, delivery.event_id));
  }
  Answer<std::vector<bool>> answer;
  queue.settle(std::move(settlements), answer.callback());
  const auto settled = answer.get();
  if (!settled) return note(settled.error());
  for (const bool held : *settled) settled_ += held ? 1 : 0;
}

bool EventStorm::wait_for(std::uint64_t more) const {
  const std::uint64_t target = settled_ + more;
  return wait_until([&] { return settled_ >= target; });
}

bool EventStorm::drain() {
  stop_publishing_ = true;
  for (std::thread& thread : publishing_) thread.join();
  publishing_.clear();
  const bool drained = wait_until([&] { return count(*queues_[0]) == EventCounts{}; });
  stop_working_ = true;
  for (std::thread& thread : working_) thread.join();
  working_.clear();
  return drained;
}

EventStorm::Finding EventStorm::check() const {
  using Told = Publisher::Told;
  Finding found;
  found.unexpected = unexpected_;
  std::map<std::string, int> times;
  std::map<std::string, std::size_t> next;
  for (const EventCompletion& completion : all_completions(*queues_[0])) {
    ++times[completion.content];
    const std::size_t slash = completion.content.find('/');
    const std::size_t place = std::stoul(completion.content.substr(slash + 1)) + 1;
    std::size_t& last = next[completion.content.substr(0, slash)];
    if (place <= last) ++found.disorder;
    last = place;
  }
  for (const auto& publisher : publishers_) {
    for (std::size_t i = 0; i < publisher->told.size(); ++i) {
      const int count = times[publisher->event(i)];
      const Told told = publisher->told[i];
      found.completed += count > 0 ? 1 : 0;
      found.acknowledged += told == Told::kDone ? 1 : 0;
      found.lost += told == Told::kDone && count == 0 ? 1 : 0;
      found.ghosts += told == Told::kNotDone && count > 0 ? 1 : 0;
      found.twice += count > 1 ? 1 : 0;
    }
  }
  return found;
}

}  // namespace sublet
