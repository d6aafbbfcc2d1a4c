// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/call.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/failure.h"
#include "adapters/sqlite/group_writer_of.h"
#include "adapters/sqlite/log_mover.h"
#include "base/thread_start.h"

namespace sublet::adapters::sqlite {

// Threads and what they work on: one that writes, and several that read, each with a connection of
// its own. `Side` says what calls are (see KeyValueSide). Shared by its threads and its owner.
// Thread-safe.
template <typename Side>
class StoreOf : public std::enable_shared_from_this<StoreOf<Side>> {
 public:
  using Options = typename Side::Options;
  using WriteCall = typename Side::WriteCall;
  using ReadCall = typename Side::ReadCall;
  using Writer = GroupWriterOf<Side>;
  // After each group, on the writer's thread, before its calls are told.
  using AfterGroup = std::function<void(typename Side::Writes&)>;

  // The options have been checked, the path is a plain one. Throws Failure.
  static std::shared_ptr<StoreOf> open(const Options& options, AfterGroup after_group = {});
  ~StoreOf() = default;
  StoreOf(const StoreOf&) = delete;
  StoreOf& operator=(const StoreOf&) = delete;

  // Takes a call; answers it at once where that is not possible.
  void push(WriteCall call) noexcept { push_or_refuse(call); }
  void push(ReadCall call) noexcept { push_or_refuse(call); }

  // Throws Failure.
  void back_up(const std::filesystem::path& to) {
    sqlite::back_up(Side::database_of(options_), to);
  }

  // The owner's last call: ends what waits with kUnavailable and waits for what is being done. A
  // callback may be the one who does this; its own thread then ends later.
  void close() noexcept;

  std::uint64_t transactions() const noexcept { return writer_->transactions(); }

 private:
  using Reads = typename Side::Reads;
  struct Reader {
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Reads> reads;
  };

  StoreOf(const Options& options, AfterGroup after_group);
  void start_threads();
  template <typename Calls>
  void push_or_refuse(Calls& call) noexcept;
  void write_until_closed() noexcept;
  void read_until_closed(Reads& reads) noexcept;
  static void answer(Reads& reads, ReadCall& call) noexcept;
  // The others stay.
  static void deliver_answered(std::vector<WriteCall>& group) noexcept;
  static Error is_closed() { return {ErrorCode::kUnavailable, "the store was closed"}; }

  const Options options_;
  const AfterGroup after_group_;
  typename Side::Queue queue_;
  // The connection that writes is closed last: that moves the log into the database.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<LogMover> mover_;
  std::vector<Reader> readers_;
  std::vector<std::thread> threads_;
};

template <typename Side>
StoreOf<Side>::StoreOf(const Options& options, AfterGroup after_group)
    : options_(options),
      after_group_(std::move(after_group)),
      queue_(options.max_queue),
      connection_(open_for_writing(Side::database_of(options))),
      writer_(std::make_unique<Writer>(*connection_, options)) {
  // Under a limit nobody else may hold the log when it has to become short.
  if (Side::kMovesLogAside && options.max_file.count == 0) {
    mover_ = std::make_unique<LogMover>(Side::database_of(options));
    writer_->use_mover([mover = mover_.get()] { mover->ask(); });
  }
  for (std::uint32_t i = 0; i < options.readers; ++i) {
    Reader reader{open_for_reading(Side::database_of(options)), nullptr};
    reader.reads = std::make_unique<Reads>(*reader.connection, options.clock);
    readers_.push_back(std::move(reader));
  }
}

template <typename Side>
auto StoreOf<Side>::open(const Options& options, AfterGroup after_group)
    -> std::shared_ptr<StoreOf> {
  std::shared_ptr<StoreOf> store(new StoreOf(options, std::move(after_group)));
  try {
    store->start_threads();
  } catch (...) {
    store->close();
    throw;
  }
  return store;
}

template <typename Side>
void StoreOf<Side>::start_threads() {
  auto start = [this](const char* name, std::function<void()> body) {
    threads_.reserve(readers_.size() + 1);
    threads_.push_back(base::start_thread(name, std::move(body)));
    if (threads_.back().joinable()) return;
    throw Failure{{ErrorCode::kResourceExhausted, "the system gives no thread"}};
  };
  start(Side::kWriterName, [self = this->shared_from_this()] { self->write_until_closed(); });
  for (Reader& reader : readers_) {
    start(Side::kReaderName,
          [self = this->shared_from_this(), &reader] { self->read_until_closed(*reader.reads); });
  }
}

template <typename Side>
template <typename Calls>
void StoreOf<Side>::push_or_refuse(Calls& call) noexcept {
  std::optional<Error> refused;
  try {
    refused = queue_.push(call);
  } catch (...) {
    refused = error_of(std::current_exception());
  }
  if (refused.has_value()) deliver_error(call, *refused);
}

template <typename Side>
void StoreOf<Side>::answer(Reads& reads, ReadCall& call) noexcept {
  std::visit(
      [&](auto& one) {
        try {
          one.answer = reads.answer(one.request);
        } catch (...) {
          one.answer = error_of(std::current_exception());
        }
      },
      call);
}

template <typename Side>
void StoreOf<Side>::deliver_answered(std::vector<WriteCall>& group) noexcept {
  std::erase_if(group, [](WriteCall& call) {
    const bool answered = std::visit([](const auto& one) { return one.answer.has_value(); }, call);
    if (answered) deliver(call);
    return answered;
  });
}

template <typename Side>
void StoreOf<Side>::write_until_closed() noexcept {
  using Clock = std::chrono::steady_clock;
  const typename Side::Queue::GroupBounds bounds{options_.max_group, writer_->largest_group()};
  std::vector<WriteCall> group;
  group.reserve(options_.max_group);
  bool purging = false;
  auto next_purge = Clock::now() + options_.purge_interval;
  bool open = true;
  while (open) {
    const bool busy = purging || !group.empty();
    open = queue_.take(group, bounds, busy ? Clock::now() : next_purge);
    const bool due = purging || Clock::now() >= next_purge;
    if (open && (due || !group.empty())) {
      purging = writer_->write(group, due);
      // Only after a purge: commits that never pause must not put it off.
      if (due && !purging) next_purge = Clock::now() + options_.purge_interval;
      if (after_group_) after_group_(writer_->writes());
    }
    deliver_answered(group);
    writer_->tidy();
  }
  // Those that were to go on.
  for (WriteCall& call : group) {
    Writer::set_error(call, is_closed());
    deliver(call);
  }
}

template <typename Side>
void StoreOf<Side>::read_until_closed(Reads& reads) noexcept {
  while (std::optional<ReadCall> call = queue_.take()) {
    answer(reads, *call);
    deliver(*call);
  }
}

template <typename Side>
void StoreOf<Side>::close() noexcept {
  auto rest = queue_.close();
  // What reads may take long, and nobody needs it any more.
  for (Reader& reader : readers_) reader.connection->interrupt();
  const Error closed = is_closed();
  for (WriteCall& call : rest.writes) {
    Writer::set_error(call, closed);
    deliver(call);
  }
  for (ReadCall& call : rest.reads) deliver_error(call, closed);
  for (std::thread& thread : threads_) {
    if (!thread.joinable()) continue;
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

}  // namespace sublet::adapters::sqlite
