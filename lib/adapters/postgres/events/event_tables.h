// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <utility>

#include "adapters/postgres/events/context.h"
#include "adapters/postgres/tables.h"

namespace sublet::adapters::postgres {

// The tables of the event queue.
class EventTables final : public Tables {
 public:
  explicit EventTables(PostgresEventQueueOptions options)
      : context_(std::make_unique<EventContext>(std::move(options))) {}

  std::span<const Statement> statements() const override;
  SchemaPlan schema() const override;
  std::unique_ptr<Call> purge(PurgeDone done) const override;

  EventContext& context() const noexcept { return *context_; }

 private:
  const std::unique_ptr<EventContext> context_;
};

}  // namespace sublet::adapters::postgres
