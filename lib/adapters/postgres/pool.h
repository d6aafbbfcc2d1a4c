// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/connection.h"
#include "adapters/postgres/pool_options.h"
#include "adapters/postgres/schema_work.h"
#include "adapters/postgres/tables.h"
#include "adapters/postgres/waiting_calls.h"
#include "sublet/result.h"

namespace sublet::adapters::postgres {

// Gives calls to connections, opens those when they are needed, tries again what was certainly not
// done, and takes away what expired.
//
// Ownership: owns connections and the calls that were added.
// Thread safety: none; on the loop's thread.
class Pool final : private Connection::Owner {
 public:
  // Who knows what comes from outside.
  class Host {
   public:
    virtual ~Host() = default;
    // Adds the calls that came meanwhile.
    virtual void add_arrived() = 0;
    // All was sent that could be; due() may have changed.
    virtual void dispatched() = 0;
  };

  // `waiting` counts the calls that wait for a connection; who adds one counted it.
  Pool(uv_loop_s* loop, const PoolOptions& options, const ConnectSettings& settings,
       const Tables& tables, std::atomic<std::size_t>& waiting, Host& host);

  // Connects and makes the schema.
  void open(std::function<void(Result<void>)> done);
  void add(std::unique_ptr<Call> call);
  // Sends what can be sent.
  void dispatch();
  // Answers everything. Nothing is added from then on.
  void close();

  // When on_time() is needed, on the loop's clock.
  std::uint64_t due() const noexcept;
  void on_time();

 private:
  void connected(Connection& connection) override;
  void wrote() override { failed_attempts_ = 0; }
  void ended(Pipeline::Ended ended) override;
  void lost(Connection& connection, const Error& why, bool was_ready,
            std::vector<Pipeline::Ended> rest) override;
  void moved() override { dispatch(); }

  void send_waiting();
  std::unique_ptr<Transaction> take_waiting();
  Connection* room_for_one(bool idle) const noexcept;
  void connect_if_needed();
  void connect(Connection& connection);
  void back_off();
  void settle(Pipeline::Ended ended) noexcept;
  std::vector<std::unique_ptr<Call>> after_failure(std::vector<std::unique_ptr<Call>> calls,
                                                   const Failure& failure, bool writes);
  void try_again(std::vector<std::unique_ptr<Call>> calls);
  void fail(std::vector<std::unique_ptr<Call>> calls, const Error& error);
  void fail_expired();
  std::uint64_t waits_until() const noexcept;
  void finish_open(Result<void> result);
  void purge();
  void purged(std::optional<Purged> purged);
  std::size_t ready() const noexcept;

  uv_loop_s* const loop_;
  const PoolOptions& options_;
  const Tables& tables_;
  std::atomic<std::size_t>& waiting_count_;
  WaitingCalls waiting_;
  Host& host_;
  std::vector<std::unique_ptr<Connection>> connections_;
  bool crowded_ = false;  // a transaction had to go behind another
  bool closing_ = false;

  std::optional<SchemaWork> schema_;  // until the store is open
  std::function<void(Result<void>)> opened_;
  std::uint64_t open_until_ = 0;

  std::uint32_t failed_attempts_ = 0;  // to get a session that is good for something
  std::uint64_t next_attempt_ = 0;
  std::uint64_t none_since_ = 0;  // since when no connection is ready
  Error last_error_{ErrorCode::kUnavailable, "PostgreSQL: no connection yet"};
  std::minstd_rand random_;

  std::uint64_t purge_at_ = UINT64_MAX;
};

}  // namespace sublet::adapters::postgres
