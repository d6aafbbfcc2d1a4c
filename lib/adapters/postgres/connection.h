// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/pipeline.h"
#include "adapters/postgres/pool_options.h"
#include "adapters/postgres/schema_work.h"
#include "adapters/postgres/socket_watch.h"
#include "adapters/postgres/tables.h"

namespace sublet::adapters::postgres {

// A place for one session: connects, carries transactions, is closed when the session is lost, and
// can connect again. Nothing here waits.
//
// Ownership: the pool's; owns the session.
// Thread safety: none; on the loop's thread.
class Connection {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void connected(Connection& connection) = 0;
    // The first write of a session went through.
    virtual void wrote() = 0;
    virtual void ended(Pipeline::Ended ended) = 0;
    // It is closed; `rest` was under way on it.
    virtual void lost(Connection& connection, const Error& why, bool was_ready,
                      std::vector<Pipeline::Ended> rest) = 0;
    // Something happened: there may be room for more.
    virtual void moved() = 0;
  };

  Connection(uv_loop_s* loop, const PoolOptions& options, const ConnectSettings& settings,
             const Tables& tables, Owner& owner);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins; ends with connected() or lost(). `schema`: what has to be done first, or null.
  void connect(SchemaWork* schema);
  void start(std::unique_ptr<Transaction> transaction);
  void close(const Error& why);

  bool closed() const noexcept { return state_ == State::kClosed; }
  bool ready() const noexcept { return state_ == State::kReady; }
  // Whether a transaction can go behind those that are under way.
  bool has_room() const noexcept;
  std::size_t under_way() const noexcept { return pipeline_ ? pipeline_->size() : 0; }
  // The last session did something, and nothing said that another is needed.
  bool was_good() const noexcept { return did_something_ && !worn_out_; }
  // The server refuses who asks, and will do so again.
  bool refused() const noexcept { return refused_; }

  // When the other side must have said something, on the loop's clock; check() then.
  std::uint64_t deadline() const noexcept;
  void check();

 private:
  enum class State { kClosed, kConnecting, kSchema, kStarting, kReady };

  void on_socket(bool readable);
  void step();
  void step_connecting();
  void step_schema();
  void step_pipeline();
  void session_made();
  void begin_pipeline();
  void take_ended(Pipeline::Ended ended);
  bool query(const std::string& sql);
  void flush();
  bool watch(bool readable, bool writable);
  void lose(const Error& why);
  void lose_session();
  void lose_memory() noexcept;
  std::chrono::milliseconds patience() const noexcept;

  uv_loop_s* const loop_;
  const PoolOptions& options_;
  const ConnectSettings& settings_;
  const Tables& tables_;
  Owner& owner_;
  State state_ = State::kClosed;
  pg_conn* session_ = nullptr;
  SocketWatch watch_;
  SchemaWork* schema_ = nullptr;
  std::shared_ptr<pg_result> answer_;  // to the schema's query
  std::optional<Pipeline> pipeline_;
  std::size_t starting_ = 0;  // transactions of the session's start that did not end yet
  bool backlog_ = false;      // the system's buffer is full
  bool worn_out_ = false;     // closed as soon as nothing is under way
  bool refused_ = false;
  bool did_something_ = false;
  bool wrote_ = false;
  std::uint64_t heard_at_ = 0;
};

}  // namespace sublet::adapters::postgres
