// SPDX-License-Identifier: Apache-2.0
#include "events/pump/rounds.h"

#include <algorithm>
#include <utility>

namespace sublet::events {

using Place = PumpQueue::Place;

void PumpRounds::kick(const EventQueueName& name) {
  if (stopped_) return;
  PumpQueue* queue = table_.find(name);
  if (queue != nullptr) ++queue->kicks;
  if (queue != nullptr && queue->place == Place::kDue) return;
  const base::TimePoint now = context_.now();
  // What waits for others to take it is found by the next round.
  if (!gate_.wants(name, now)) return;
  if (queue == nullptr) {
    queue = &table_.queue(name);
    ++queue->kicks;
  }
  if (queue->place == Place::kIdle) queue->due_since = now;
  queue->used = now;
  const BatchRules batch = gate_.batch_of(name);
  const bool enough = queue->kicks >= batch.size;
  table_.set_due(*queue, enough ? now : now + batch.window);
}

void PumpRounds::kick_all() {
  table_.drop_holds();
  // Told often, it is done now and then.
  const base::TimePoint soon = next_at_ - context_.options().poll * 3 / 4;
  next_at_ = under_way_ ? next_at_ : std::min(next_at_, std::max(soon, context_.now()));
  again_ = again_ || under_way_;
}

void PumpRounds::set_due(const EventQueueName& name, base::TimePoint at) {
  if (PumpQueue* const queue = table_.find(name)) table_.set_due(*queue, at);
}

base::TimePoint PumpRounds::after_claim(const PumpQueue& queue, bool full,
                                        base::TimePoint now) const {
  if (full) return now;
  if (!queue.kicked) return base::TimePoint::max();
  const BatchRules batch = gate_.batch_of(queue.name);
  return queue.kicks >= batch.size ? now : now + batch.window;
}

void PumpRounds::advance(base::TimePoint now) {
  if (under_way_ || now < next_at_) return;
  under_way_ = true;
  again_ = false;
  ++round_;
  next_page({});
}

void PumpRounds::next_page(std::string after) {
  context_.queue().ready(std::move(after), EventQueue::kMaxPage,
                         context_.answer<Result<EventReadyPage>>(
                             [this](const Result<EventReadyPage>& answer) { paged(answer); }));
}

void PumpRounds::paged(const Result<EventReadyPage>& answer) {
  if (!answer || stopped_) {
    if (!answer && answer.error().code == ErrorCode::kInvalidArgument) {
      context_.fault("ready", answer.error().message);
    }
    return end_round();
  }
  context_.set_queue_time(answer->now);
  const base::TimePoint now = context_.now();
  for (const EventReadiness& ready : answer->queues) seen(ready, now);
  if (!answer->next.empty()) return next_page(answer->next);
  table_.sweep(round_, now);
  end_round();
}

void PumpRounds::seen(const EventReadiness& ready, base::TimePoint now) {
  const base::TimePoint due = context_.local(ready.due_at);
  PumpQueue* queue = table_.find(ready.queue);
  if (queue == nullptr) {
    if (!gate_.wants(ready.queue, due)) return;
    queue = &table_.queue(ready.queue);
    queue->used = now;
  }
  queue->seen = round_;
  queue->due_since = due;
  table_.set_due(*queue, due + gate_.batch_of(ready.queue).window);
}

void PumpRounds::end_round() {
  under_way_ = false;
  next_at_ = context_.now() + context_.options().poll;
  if (again_) next_at_ -= context_.options().poll * 3 / 4;
}

base::TimePoint PumpRounds::next_at() const {
  return under_way_ ? base::TimePoint::max() : next_at_;
}

}  // namespace sublet::events
