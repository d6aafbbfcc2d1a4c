// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/sqlite/call_queue.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/group_writer.h"
#include "adapters/sqlite/reads.h"
#include "sublet/adapters/sqlite_key_value_store.h"

namespace sublet::adapters::sqlite {

// The store's threads and what they work on: one that writes, and several that read, each with a
// connection of its own. Shared by its threads and its owner. Thread-safe.
class Store : public std::enable_shared_from_this<Store> {
 public:
  // The options have been checked, the path is a plain one. Throws Failure.
  static std::shared_ptr<Store> open(const SqliteKeyValueOptions& options);
  ~Store();

  // Takes a call; answers it at once where that is not possible.
  void push(WriteCall call) noexcept;
  void push(ReadCall call) noexcept;

  // Throws Failure.
  void back_up(const std::filesystem::path& to);

  // The owner's last call: ends what waits with kUnavailable and waits for what is being done. A
  // callback may be the one who does this; its own thread then ends later.
  void close() noexcept;

  std::uint64_t transactions() const noexcept { return writer_->transactions(); }

 private:
  struct Reader {
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Reads> reads;
  };

  explicit Store(const SqliteKeyValueOptions& options);
  void start_threads();
  template <typename Calls>
  void push_or_refuse(Calls& call) noexcept;
  void write_until_closed() noexcept;
  void read_until_closed(Reads& reads) noexcept;

  const SqliteKeyValueOptions options_;
  CallQueue queue_;
  // The connection that writes is closed last: that moves the log into the database.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<GroupWriter> writer_;
  std::vector<Reader> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace sublet::adapters::sqlite
