// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/leased_buckets.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace sublet::proxy {
namespace {

constexpr std::size_t kMostBuckets = 16'384;
constexpr std::size_t kMostWaiting = 4'096;
constexpr std::size_t kMostWaitingAtOne = 512;
// Where there is no better answer to when it is worth asking again.
constexpr base::Nanoseconds kSoon = std::chrono::milliseconds(20);

SharedLimits::Taken refused(std::size_t place, base::Nanoseconds retry_after) {
  return {false, place, retry_after};
}

}  // namespace

LeasedBuckets::LeasedBuckets(SharedStore shared)
    : shared_(std::move(shared)), buckets_(kMostBuckets, kMostBuckets) {}

void LeasedBuckets::take(std::vector<SharedBucket> buckets, Callback done) {
  auto call = std::make_unique<SharedTake>();
  call->buckets = std::move(buckets);
  call->done = std::move(done);
  call->since = shared_.time->clock().now();
  Work work;
  {
    const base::MutexLock lock(mutex_);
    if (stopped_ || !find_buckets(*call)) {
      answer(std::move(call), refused(0, kSoon), work);
    } else {
      settle(std::move(call), work);
    }
  }
  run(std::move(work));
}

void LeasedBuckets::stop() {
  Work work;
  {
    const base::MutexLock lock(mutex_);
    stopped_ = true;
    for (const Flight& flight : std::exchange(flights_, {})) {
      flight->over = true;
      shared_.timers->cancel(flight->timer);
      for (const LeaseFlight::Part& part : flight->parts()) {
        part.bucket->under_way = false;
        for (Call& call : std::exchange(part.bucket->waiting, {})) {
          --waiting_;
          answer(std::move(call), refused(0, kSoon), work);
        }
      }
    }
  }
  run(std::move(work));
}

// Each bucket once, however often it is named. False: there are too many in use.
bool LeasedBuckets::find_buckets(SharedTake& call) {
  const auto is_idle = [](const LeasedBucket& bucket) {
    return !bucket.under_way && bucket.asking == 0;
  };
  for (std::size_t place = 0; place < call.buckets.size(); ++place) {
    LeasedBucket* bucket = buckets_.find_or_add({}, call.buckets[place].key, is_idle);
    if (bucket == nullptr) return false;
    bucket->rate = call.buckets[place].rate;
    ++bucket->asking;
    const auto named = std::find_if(call.needs.begin(), call.needs.end(),
                                    [&](const auto& need) { return need.bucket == bucket; });
    if (named != call.needs.end()) {
      ++named->count;
    } else {
      call.needs.push_back({bucket, place, 1});
    }
  }
  return true;
}

void LeasedBuckets::settle(Call call, Work& work) {
  if (shared_.health->down()) return settle_alone(std::move(call), work);
  const base::TimePoint now = shared_.time->clock().now();
  bool all = true;
  for (const SharedTake::Need& need : call->needs) {
    if (need.bucket->has(need.count, now)) continue;
    all = false;
    const base::Nanoseconds empty_for = need.bucket->empty_for(now);
    if (empty_for.count() == 0) continue;
    return answer(std::move(call), refused(need.place, empty_for), work);
  }
  if (!all) return ask_store(std::move(call), work);
  for (const SharedTake::Need& need : call->needs) need.bucket->use(need.count, now);
  answer(std::move(call), {}, work);
}

void LeasedBuckets::settle_alone(Call call, Work& work) {
  const base::TimePoint now = shared_.time->clock().now();
  for (const SharedTake::Need& need : call->needs) {
    const base::Nanoseconds wait = need.bucket->local_wait(need.count, now);
    if (wait.count() > 0 || need.count > policy::burst_of(need.bucket->rate)) {
      return answer(std::move(call), refused(need.place, wait.count() > 0 ? wait : kSoon), work);
    }
  }
  for (const SharedTake::Need& need : call->needs) need.bucket->use_local(need.count, now);
  answer(std::move(call), {}, work);
}

void LeasedBuckets::ask_store(Call call, Work& work) {
  const base::TimePoint now = shared_.time->clock().now();
  const bool too_late = now - call->since > shared_.patience;
  LeasedBucket* home = nullptr;  // where the call waits
  bool wait_for_other = false;
  std::vector<LeaseFlight::Part> parts;
  for (const SharedTake::Need& need : call->needs) {
    LeasedBucket& bucket = *need.bucket;
    if (bucket.has(need.count, now)) continue;
    if (too_late || waiting_ >= kMostWaiting || bucket.waiting.size() >= kMostWaitingAtOne) {
      return answer(std::move(call), refused(need.place, kSoon), work);
    }
    if (bucket.under_way) {
      home = &bucket;
      wait_for_other = true;
      break;
    }
    if (home == nullptr) home = &bucket;
    parts.push_back({&bucket, call->buckets[need.place].key, bucket.rate, need.count,
                     bucket.wanted(need.count, now)});
  }
  ++waiting_;
  home->waiting.push_back(std::move(call));
  if (wait_for_other) return;
  for (const LeaseFlight::Part& part : parts) part.bucket->under_way = true;
  flights_.push_back(std::make_shared<LeaseFlight>(std::move(parts), shared_.time));
  work.flights.push_back(flights_.back());
}

void LeasedBuckets::answer(Call call, SharedLimits::Taken taken, Work& work) {
  for (const SharedTake::Need& need : call->needs) need.bucket->asking -= need.count;
  work.answers.emplace_back(std::move(call->done), taken);
}

void LeasedBuckets::run(Work work) {
  for (const Flight& flight : work.flights) send(flight);
  for (auto& [done, taken] : work.answers) done(taken);
}

void LeasedBuckets::send(const Flight& flight) {
  {
    const base::MutexLock lock(mutex_);
    if (flight->over) return;
    flight->timer = shared_.timers->schedule(shared_.patience, [weak = weak_from_this(), flight] {
      if (const auto self = weak.lock()) self->timed_out(flight);
    });
  }
  shared_.store->commit(flight->commit(), [weak = weak_from_this(), flight](auto result) {
    if (const auto self = weak.lock()) self->answered(flight, result);
  });
}

void LeasedBuckets::answered(const Flight& flight, const Result<KeyValueCommitted>& answer) {
  using Status = KeyValueCommitted::Status;
  const bool well =
      answer && (answer->status == Status::kCommitted ||
                 (answer->status == Status::kRefused && answer->failed < flight->parts().size()));
  {
    const base::MutexLock lock(mutex_);
    if (flight->over) return;
  }
  if (!well) {
    shared_.health->failed(answer ? "the store refused a commit" : answer.error().message);
  }
  land(flight, well ? &*answer : nullptr);
}

void LeasedBuckets::timed_out(const Flight& flight) {
  {
    const base::MutexLock lock(mutex_);
    if (flight->over) return;
  }
  shared_.health->failed("the store did not answer in time");
  land(flight, nullptr);
}

void LeasedBuckets::land(const Flight& flight, const KeyValueCommitted* committed) {
  Work work;
  {
    const base::MutexLock lock(mutex_);
    if (flight->over) return;
    flight->over = true;
    shared_.timers->cancel(flight->timer);
    flights_.erase(std::find(flights_.begin(), flights_.end(), flight));
    if (committed != nullptr) fill(*flight, *committed);
    std::vector<Call> calls;
    for (const LeaseFlight::Part& part : flight->parts()) {
      part.bucket->under_way = false;
      for (Call& call : part.bucket->waiting) calls.push_back(std::move(call));
      part.bucket->waiting.clear();
    }
    waiting_ -= calls.size();
    for (Call& call : calls) settle(std::move(call), work);
  }
  run(std::move(work));
}

void LeasedBuckets::fill(const LeaseFlight& flight, const KeyValueCommitted& committed) {
  const base::TimePoint now = shared_.time->clock().now();
  const bool taken = committed.status == KeyValueCommitted::Status::kCommitted;
  for (std::size_t i = 0; i < flight.parts().size(); ++i) {
    const LeaseFlight::Outcome outcome = flight.outcome(i);
    // Of a refused commit nothing was taken; it says which bucket was empty.
    if (!outcome.known || (!taken && i != committed.failed)) continue;
    flight.parts()[i].bucket->add(outcome.tokens, outcome.asked_at, now);
  }
}

}  // namespace sublet::proxy
