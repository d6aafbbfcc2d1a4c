// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "sublet/adapters/encrypted_key_value_store.h"

namespace sublet::adapters {

// Counts the calls that wait for keys, and the bytes that they hold meanwhile.
//
// Ownership: shared by the envelope and the places that were taken.
// Thread safety: thread-safe.
class WaitingRoom : public std::enable_shared_from_this<WaitingRoom> {
 public:
  WaitingRoom(std::uint32_t most_calls, Bytes most_bytes)
      : most_calls_(most_calls), most_bytes_(most_bytes.count) {}

  // One call's place, until leave() or the end of this.
  class Place {
   public:
    Place(std::shared_ptr<WaitingRoom> room, std::uint64_t bytes)
        : room_(std::move(room)), bytes_(bytes) {}
    ~Place() { leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    void leave() {
      if (!left_.exchange(true)) room_->leave(bytes_);
    }

   private:
    const std::shared_ptr<WaitingRoom> room_;
    const std::uint64_t bytes_;
    std::atomic<bool> left_{false};
  };

  // Null where there is none left. One call has a place however large it is.
  std::shared_ptr<Place> enter(std::uint64_t bytes) {
    {
      const base::MutexLock lock(mutex_);
      if (calls_ != 0 &&
          (calls_ >= most_calls_ || bytes > most_bytes_ || bytes_ > most_bytes_ - bytes)) {
        return nullptr;
      }
      ++calls_;
      bytes_ += bytes;
    }
    try {
      return std::make_shared<Place>(shared_from_this(), bytes);
    } catch (...) {
      leave(bytes);
      throw;
    }
  }

 private:
  void leave(std::uint64_t bytes) {
    const base::MutexLock lock(mutex_);
    --calls_;
    bytes_ -= bytes;
  }

  const std::uint32_t most_calls_;
  const std::uint64_t most_bytes_;
  base::Mutex mutex_;
  std::uint32_t calls_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t bytes_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::adapters
