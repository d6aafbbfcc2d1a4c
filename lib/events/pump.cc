// SPDX-License-Identifier: Apache-2.0
#include "events/pump.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "events/pump/attempts.h"
#include "events/pump/claims.h"
#include "events/pump/context.h"
#include "events/pump/gate.h"
#include "events/pump/leases.h"
#include "events/pump/rounds.h"
#include "events/pump/settler.h"
#include "events/pump/strand.h"
#include "events/pump/table.h"

namespace sublet::events {
namespace {

using Kind = EventSettlement::Kind;

// All but the figures is of the strand.
class PumpImpl final : public Pump {
 public:
  PumpImpl(const Setup& setup, const PumpOptions& options, const Controls& controls,
           const Members& members, Runner& runner)
      : strand_([this] { between(); }, [this] { return go_on_elsewhere(); },
                [this] { context_.fault("pump", "a function threw"); }),
        context_(setup, options, strand_),
        gate_(context_, controls, members),
        rounds_(context_, table_, gate_),
        leases_(context_, [this] { ++lost_; }),
        settler_(context_, leases_,
                 [this](const PumpSettlement& settlement, PumpSettler::End end) {
                   settled(settlement, end);
                 }),
        attempts_(context_, table_, leases_, settler_, runner),
        claims_(context_, table_, gate_, rounds_, leases_, attempts_,
                [this] { return may_begin(); }) {}

  void set_self() { context_.set_pump(weak_from_this()); }
  void set_publisher(std::weak_ptr<Publisher> publisher) override;
  void start() override;
  void kick(std::vector<EventQueueName> queues) noexcept override;
  void drain(std::function<void()> done) noexcept override;
  void resume() noexcept override;
  void stop() noexcept override;
  PumpFigures figures() const override;

 private:
  enum class State : std::uint8_t { kNew, kRunning, kDraining, kStopped };

  // A function for other threads, which does nothing once the pump is gone.
  std::function<void()> late(std::function<void(PumpImpl&)> function);
  bool go_on_elsewhere();
  bool may_begin() const;
  void between();
  void finish_drains();
  void set_timer(base::TimePoint now);
  void settled(const PumpSettlement& settlement, PumpSettler::End end);
  void count(const PumpSettlement& settlement);
  void look_again(const PumpSettlement& settlement);
  void publish_figures();

  Strand strand_;
  PumpContext context_;
  PumpTable table_;
  PumpGate gate_;
  PumpRounds rounds_;
  PumpLeases leases_;
  PumpSettler settler_;
  PumpAttempts attempts_;
  PumpClaims claims_;
  State state_ = State::kNew;
  std::vector<std::function<void()>> drains_;
  base::TimerService::TimerId timer_ = 0;
  base::TimePoint timer_at_ = base::TimePoint::max();

  std::atomic<std::uint32_t> under_way_{0};
  std::atomic<std::uint64_t> begun_{0}, done_{0}, retried_{0}, dead_{0}, released_{0}, lost_{0};
};

std::function<void()> PumpImpl::late(std::function<void(PumpImpl&)> function) {
  return [weak = weak_from_this(), function = std::move(function)] {
    if (const std::shared_ptr<Pump> pump = weak.lock()) function(static_cast<PumpImpl&>(*pump));
  };
}

bool PumpImpl::go_on_elsewhere() {
  return context_.setup().timers->schedule(base::Nanoseconds(0),
                                           late([](PumpImpl& pump) { pump.strand_.go_on(); })) != 0;
}

void PumpImpl::set_publisher(std::weak_ptr<Publisher> publisher) {
  attempts_.set_publisher(std::move(publisher));
}

void PumpImpl::start() {
  context_.queue().watch([weak = weak_from_this()](std::vector<EventQueueName> queues) {
    if (const std::shared_ptr<Pump> pump = weak.lock()) pump->kick(std::move(queues));
  });
  strand_.post([this] {
    if (state_ == State::kNew) state_ = State::kRunning;
  });
}

void PumpImpl::kick(std::vector<EventQueueName> queues) noexcept {
  strand_.post([this, queues = std::move(queues)] {
    if (queues.empty()) rounds_.kick_all();
    for (const EventQueueName& queue : queues) rounds_.kick(queue);
  });
}

void PumpImpl::drain(std::function<void()> done) noexcept {
  strand_.post([this, done = std::move(done)] {
    if (state_ != State::kStopped) state_ = State::kDraining;
    if (done) drains_.push_back(done);
  });
}

void PumpImpl::resume() noexcept {
  strand_.post([this] {
    if (state_ != State::kDraining) return;
    state_ = State::kRunning;
    rounds_.kick_all();
  });
}

void PumpImpl::stop() noexcept {
  context_.queue().watch({});
  // From here on it asks nothing of who may be gone then.
  strand_.post_and_wait([this] {
    state_ = State::kStopped;
    rounds_.stop();
  });
}

PumpFigures PumpImpl::figures() const {
  return {under_way_, begun_, done_, retried_, dead_, released_, lost_};
}

bool PumpImpl::may_begin() const {
  // Where settling is slow, what was done must not pile up.
  return state_ == State::kRunning &&
         settler_.backlog() < EventQueue::kMaxClaim + context_.options().max_under_way;
}

void PumpImpl::between() {
  const base::TimePoint now = context_.now();
  table_.advance(now);
  settler_.flush(now);
  leases_.extend_due(now);
  if (state_ == State::kRunning) rounds_.advance(now);
  claims_.advance(now);
  publish_figures();
  finish_drains();
  set_timer(now);
}

void PumpImpl::publish_figures() {
  under_way_ = attempts_.under_way();
  begun_ = attempts_.begun();
}

void PumpImpl::finish_drains() {
  const bool at_rest = state_ != State::kRunning && !claims_.under_way() &&
                       attempts_.under_way() == 0 && settler_.backlog() == 0;
  if (!at_rest || drains_.empty()) return;
  for (const std::function<void()>& done : std::exchange(drains_, {})) done();
}

void PumpImpl::set_timer(base::TimePoint now) {
  base::TimePoint at = std::min(settler_.next_at(), leases_.next_at());
  if (state_ == State::kRunning) {
    at = std::min({at, rounds_.next_at(), table_.next_at(), claims_.next_at()});
  }
  if (at >= timer_at_) return;
  if (timer_ != 0) context_.setup().timers->cancel(timer_);
  timer_at_ = at;
  timer_ = context_.setup().timers->schedule(std::max(base::Nanoseconds(0), at - now),
                                             late([at](PumpImpl& pump) {
                                               pump.strand_.post([&pump, at] {
                                                 if (pump.timer_at_ == at)
                                                   pump.timer_at_ = base::TimePoint::max();
                                               });
                                             }));
}

void PumpImpl::settled(const PumpSettlement& settlement, PumpSettler::End end) {
  if (end == PumpSettler::End::kLost) ++lost_;
  if (end != PumpSettler::End::kSettled) return;
  count(settlement);
  look_again(settlement);
  const EventReports& reports = context_.setup().reports;
  if (settlement.record && reports.settled) reports.settled(*settlement.record);
}

void PumpImpl::count(const PumpSettlement& settlement) {
  switch (settlement.settlement.kind) {
    case Kind::kDone:
      ++done_;
      break;
    case Kind::kRetry:
      ++retried_;
      break;
    case Kind::kRelease:
      ++released_;
      break;
    case Kind::kDead:
      ++dead_;
      break;
  }
}

void PumpImpl::look_again(const PumpSettlement& settlement) {
  const base::TimePoint now = context_.now();
  const Kind kind = settlement.settlement.kind;
  if (kind == Kind::kRetry || kind == Kind::kRelease) {
    rounds_.set_due(settlement.queue, now + settlement.settlement.delay);
  } else if (settlement.keyed) {
    if (PumpQueue* const queue = table_.find(settlement.queue)) {
      table_.wake(*queue->tenant, settlement.queue.extension, now);
    }
  }
  for (const NewDelivery& delivery : settlement.settlement.deliveries) {
    rounds_.kick(delivery.queue);
  }
}

}  // namespace

std::shared_ptr<Pump> Pump::create(const Setup& setup, const PumpOptions& options,
                                   const Controls& controls, const Members& members,
                                   Runner& runner) {
  auto pump = std::make_shared<PumpImpl>(setup, options, controls, members, runner);
  pump->set_self();
  return pump;
}

}  // namespace sublet::events
