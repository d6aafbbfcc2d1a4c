// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "adapters/postgres/read_calls.h"

// The calls that take away: for the host, and for time.
namespace sublet::adapters::postgres {

class EraseCall final : public AnsweringCall<std::uint64_t> {
 public:
  EraseCall(const PostgresKeyValueOptions& options, std::string tenant,
            std::optional<std::string> space);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  bool writes() const noexcept override { return true; }
  bool alone() const noexcept override { return true; }

 private:
  const std::string tenant_;
  const std::optional<std::string> space_;
  std::size_t erases_at_ = 0;
};

// One step of the purge; tells how many entries went, nullopt where it did not go through.
class PurgeCall final : public SingleCall {
 public:
  PurgeCall(const PostgresKeyValueOptions& options,
            std::function<void(std::optional<std::int64_t>)> done);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  ~PurgeCall() override { PurgeCall::fail({}); }
  void finish() override { tell(removed_); }
  void fail(Error) noexcept override { tell(std::nullopt); }
  // Nobody asked for it: where it is not known whether it was done, it is done again.
  bool writes() const noexcept override { return false; }

 private:
  void tell(std::optional<std::int64_t> removed) noexcept {
    if (const auto done = std::exchange(done_, nullptr)) done(removed);
  }

  std::function<void(std::optional<std::int64_t>)> done_;
  std::size_t purges_at_ = 0;
  std::int64_t removed_ = 0;
};

}  // namespace sublet::adapters::postgres
