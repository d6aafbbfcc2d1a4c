// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/store.h"

#include <exception>
#include <utility>

#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/failure.h"
#include "base/thread_start.h"

namespace sublet::adapters::sqlite {
namespace {

void answer(Reads& reads, ReadCall& call) noexcept {
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

Error is_closed() { return {ErrorCode::kUnavailable, "the store was closed"}; }

// The others stay.
void deliver_answered(std::vector<WriteCall>& group) noexcept {
  std::erase_if(group, [](WriteCall& call) {
    const bool answered = std::visit([](const auto& one) { return one.answer.has_value(); }, call);
    if (answered) deliver(call);
    return answered;
  });
}

}  // namespace

Store::Store(const SqliteKeyValueOptions& options)
    : options_(options),
      queue_(options.max_queue),
      connection_(open_for_writing(options)),
      writer_(std::make_unique<GroupWriter>(*connection_, options)) {
  for (std::uint32_t i = 0; i < options.readers; ++i) {
    Reader reader{open_for_reading(options), nullptr};
    reader.reads = std::make_unique<Reads>(*reader.connection, options.clock);
    readers_.push_back(std::move(reader));
  }
}

Store::~Store() = default;

std::shared_ptr<Store> Store::open(const SqliteKeyValueOptions& options) {
  std::shared_ptr<Store> store(new Store(options));
  try {
    store->start_threads();
  } catch (...) {
    store->close();
    throw;
  }
  return store;
}

void Store::start_threads() {
  auto start = [this](const char* name, std::function<void()> body) {
    threads_.reserve(readers_.size() + 1);
    threads_.push_back(base::start_thread(name, std::move(body)));
    if (threads_.back().joinable()) return;
    throw Failure{{ErrorCode::kResourceExhausted, "the system gives no thread"}};
  };
  start("sublet-kv-write", [self = shared_from_this()] { self->write_until_closed(); });
  for (Reader& reader : readers_) {
    start("sublet-kv-read",
          [self = shared_from_this(), &reader] { self->read_until_closed(*reader.reads); });
  }
}

template <typename Calls>
void Store::push_or_refuse(Calls& call) noexcept {
  std::optional<Error> refused;
  try {
    refused = queue_.push(call);
  } catch (...) {
    refused = error_of(std::current_exception());
  }
  if (refused.has_value()) deliver_error(call, *refused);
}

void Store::push(WriteCall call) noexcept { push_or_refuse(call); }

void Store::push(ReadCall call) noexcept { push_or_refuse(call); }

void Store::write_until_closed() noexcept {
  using Clock = std::chrono::steady_clock;
  const CallQueue::GroupBounds bounds{options_.max_group, writer_->largest_group()};
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
    }
    deliver_answered(group);
    writer_->tidy();
  }
  // Erases that were to go on.
  for (WriteCall& call : group) {
    GroupWriter::set_error(call, is_closed());
    deliver(call);
  }
}

void Store::read_until_closed(Reads& reads) noexcept {
  while (std::optional<ReadCall> call = queue_.take()) {
    answer(reads, *call);
    deliver(*call);
  }
}

void Store::back_up(const std::filesystem::path& to) { sqlite::back_up(options_, to); }

void Store::close() noexcept {
  CallQueue::Rest rest = queue_.close();
  // What reads may take long, and nobody needs it any more.
  for (Reader& reader : readers_) reader.connection->interrupt();
  const Error closed = is_closed();
  for (WriteCall& call : rest.writes) deliver_error(call, closed);
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
