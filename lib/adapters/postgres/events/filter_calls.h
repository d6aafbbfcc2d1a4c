// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/events/event_call.h"

// The calls that say by a filter which deliveries they mean.
namespace sublet::adapters::postgres {

class PeekCall final : public EventAnswer<std::vector<EventDelivery>> {
 public:
  PeekCall(EventContext& context, EventPeek request)
      : EventAnswer(context), request_(std::move(request)) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const EventPeek request_;
};

class CountCall final : public EventAnswer<EventCounts> {
 public:
  CountCall(EventContext& context, EventFilter filter)
      : EventAnswer(context), filter_(std::move(filter)) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  bool alone() const noexcept override { return true; }

 private:
  const EventFilter filter_;
};

// Takes the first rows that fit away from where they are, in one transaction: picks some, locks
// their orders, and does it to those that are still there; again, as long as there are more.
class TakeCall : public EventAnswer<std::uint64_t> {
 public:
  TakeCall(EventContext& context, EventFilter filter, std::uint32_t limit)
      : EventAnswer(context), filter_(std::move(filter)), limit_(limit) {}
  void send(Sender& sender) override;
  bool has_steps() const noexcept override { return true; }
  void step(std::size_t statement, const Rows& rows, Sender& sender) override;
  bool writes() const noexcept override { return true; }
  bool alone() const noexcept override { return true; }

 protected:
  using Ids = std::vector<std::uint64_t>;

  virtual EventStatement pick() const { return EventStatement::kPick; }
  // Whether their orders are to be locked as dead letters'.
  virtual bool locks_dead() const { return false; }
  // The first statement behind the locks, which ends with one that is answered by take_some().
  virtual void put_work(Sender& sender, const Ids& ids) = 0;
  // False: more was sent, and its answer comes here too.
  virtual bool take_some(const Rows& rows, Sender& sender, std::uint64_t& taken) = 0;
  // There is no more, or the limit is reached.
  virtual void put_end(Sender& sender) { sender.sync(); }

  // Statements behind which nothing comes but their answers.
  void sent_work() noexcept { awaited_ = last(); }
  std::uint64_t left() const noexcept { return limit_ - answer_; }

 private:
  void put_pick(Sender& sender);

  const EventFilter filter_;
  const std::uint32_t limit_;
  bool picking_ = false;
  std::size_t awaited_ = 0;
  std::size_t picked_ = 0;
};

class PurgeRowsCall : public TakeCall {
 public:
  PurgeRowsCall(EventContext& context, EventFilter filter, bool dead, std::uint32_t limit)
      : TakeCall(context, std::move(filter), limit), dead_(dead) {}

 protected:
  EventStatement pick() const override {
    return dead_ ? EventStatement::kPickDead : EventStatement::kPick;
  }
  bool locks_dead() const override { return dead_; }
  void put_work(Sender& sender, const Ids& ids) override;
  bool take_some(const Rows& rows, Sender& sender, std::uint64_t& taken) override;

 private:
  const bool dead_;
};

// Deliveries first, then the rest.
class EraseTenantCall final : public PurgeRowsCall {
 public:
  EraseTenantCall(EventContext& context, std::string tenant, std::uint32_t limit);
  void send(Sender& sender) override;
  void step(std::size_t statement, const Rows& rows, Sender& sender) override;

 private:
  void put_end(Sender& sender) override;

  const std::string tenant_;
  std::size_t rest_ = SIZE_MAX;
};

class ReplayCall final : public TakeCall {
 public:
  using TakeCall::TakeCall;

 private:
  EventStatement pick() const override { return EventStatement::kPickDead; }
  bool locks_dead() const override { return true; }
  void put_work(Sender& sender, const Ids& ids) override;
  bool take_some(const Rows& rows, Sender& sender, std::uint64_t& taken) override;
};

class BuryCall final : public TakeCall {
 public:
  using Completion = std::function<std::string(const EventDelivery&)>;
  BuryCall(EventContext& context, EventFilter filter, std::string reason, std::uint32_t limit,
           Completion completion)
      : TakeCall(context, std::move(filter), limit),
        reason_(std::move(reason)),
        completion_(std::move(completion)) {}

 private:
  void put_work(Sender& sender, const Ids& ids) override;
  bool take_some(const Rows& rows, Sender& sender, std::uint64_t& taken) override;

  const std::string reason_;
  const Completion completion_;
  bool holding_ = false;
};

}  // namespace sublet::adapters::postgres
