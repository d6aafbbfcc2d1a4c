// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/events/cursors.h"
#include "adapters/postgres/events/event_call.h"
#include "adapters/postgres/tables.h"

// The calls for what is kept beside deliveries: records, completions, and what expired.
namespace sublet::adapters::postgres {

class RecordsCall final : public EventAnswer<std::vector<EventRecord>> {
 public:
  RecordsCall(EventContext& context, std::string kind, std::optional<std::string> tenant,
              std::string after, std::uint32_t limit)
      : EventAnswer(context),
        kind_(std::move(kind)),
        tenant_(std::move(tenant)),
        after_(std::move(after)),
        limit_(limit) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const std::string kind_;
  const std::optional<std::string> tenant_;
  const std::string after_;
  const std::uint32_t limit_;
};

class DueRecordsCall final : public EventAnswer<std::vector<EventRecord>> {
 public:
  DueRecordsCall(EventContext& context, std::string kind, std::uint32_t limit)
      : EventAnswer(context), kind_(std::move(kind)), limit_(limit) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const std::string kind_;
  const std::uint32_t limit_;
};

class CompletionsCall final : public EventAnswer<EventCompletionPage> {
 public:
  CompletionsCall(EventContext& context, CompletionPlace after, std::string cursor,
                  std::uint32_t limit)
      : EventAnswer(context), after_(after), cursor_(std::move(cursor)), limit_(limit) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const CompletionPlace after_;
  const std::string cursor_;
  const std::uint32_t limit_;
};

class ForgetCall final : public EventAnswer<std::uint64_t> {
 public:
  ForgetCall(EventContext& context, EventTime before, std::uint32_t limit)
      : EventAnswer(context), before_(before), limit_(limit) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  bool writes() const noexcept override { return true; }

 private:
  const EventTime before_;
  const std::uint32_t limit_;
};

// One step of the purge. Nobody asked for it: where it is not known whether it was done, it is done
// again.
class EventPurgeCall final : public EventCall {
 public:
  EventPurgeCall(EventContext& context, PurgeDone done)
      : EventCall(context), done_(std::move(done)) {}
  ~EventPurgeCall() override { tell(std::nullopt); }
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  void finish() override { tell(purged_); }
  void fail(Error) noexcept override { tell(std::nullopt); }

 private:
  void tell(std::optional<Purged> purged) noexcept {
    if (const auto done = std::exchange(done_, nullptr)) done(purged);
  }

  PurgeDone done_;
  Purged purged_;
};

}  // namespace sublet::adapters::postgres
