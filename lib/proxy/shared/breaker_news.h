// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "proxy/shared/shared_store.h"

namespace sublet::proxy {

// Writes what becomes of this process's breakers for the others to read. Of a breaker only its last
// state counts; what could not be written is, once the store answers again, if it still matters.
//
// Ownership: shared, since answers come late.
// Thread safety: thread-safe; calls the store under no lock.
class BreakerNews : public std::enable_shared_from_this<BreakerNews> {
 public:
  explicit BreakerNews(SharedStore shared) : shared_(std::move(shared)) {}

  void opened(const std::string& key, base::Nanoseconds open_for);
  void closed(const std::string& key);
  // Writes what is left to write.
  void flush();
  // Writes no more.
  void stop();

 private:
  struct State {
    base::TimePoint until{};    // by SharedTime; where it is over: closed
    std::uint64_t change = 0;   // which one this is
    std::uint64_t writing = 0;  // the one that is under way; 0: none
  };
  // One commit. Of the store's answer and the timer, the first one counts.
  struct Write {
    std::string key;
    State state;
    bool over = false;
    base::TimerService::TimerId timer = 0;
  };

  void change(const std::string& key, base::TimePoint until);
  void send(const std::shared_ptr<Write>& write);
  // Null: it is written, or need not be.
  void written(Write& write, const Error* error);
  KeyValueCommit commit_of(const std::string& key, base::TimePoint until) const;

  const SharedStore shared_;
  base::Mutex mutex_;
  std::map<std::string, State> states_ SUBLET_GUARDED_BY(mutex_);  // those left to write
  std::uint64_t changes_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::size_t under_way_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::proxy
