// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "adapters/postgres/read_calls.h"
#include "adapters/postgres/tables.h"

// The calls that take away: for the host, and for time.
namespace sublet::adapters::postgres {

// In one transaction, and so in one step; in batches, each of which ends well before its timeout.
class EraseCall final : public KeyValueAnswer<std::uint64_t> {
 public:
  EraseCall(const PostgresKeyValueOptions& options, std::string tenant,
            std::optional<std::string> space);
  void send(Sender& sender) override;
  bool has_steps() const noexcept override { return true; }
  void step(std::size_t statement, const Rows& rows, Sender& sender) override;
  bool writes() const noexcept override { return true; }
  bool alone() const noexcept override { return true; }

 private:
  enum class Step { kLock, kErase, kEnd };

  void send_batch(Sender& sender);
  void send_end(Sender& sender);

  const std::string tenant_;
  const std::optional<std::string> space_;
  Step step_ = Step::kLock;
  std::size_t sent_ = 0;   // statements
  KeyValueKey last_;       // of those that went
  std::int64_t keys_ = 0;  // that went, expired ones included
  std::int64_t bytes_ = 0;
};

// One step of the purge.
class PurgeCall final : public KeyValueCall {
 public:
  PurgeCall(const PostgresKeyValueOptions& options, PurgeDone done);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  ~PurgeCall() override { PurgeCall::fail({}); }
  void finish() override { tell(purged_); }
  void fail(Error) noexcept override { tell(std::nullopt); }
  // Nobody asked for it: where it is not known whether it was done, it is done again.
  bool writes() const noexcept override { return false; }

 private:
  void tell(std::optional<Purged> purged) noexcept {
    if (const auto done = std::exchange(done_, nullptr)) done(purged);
  }

  PurgeDone done_;
  Purged purged_;
};

}  // namespace sublet::adapters::postgres
