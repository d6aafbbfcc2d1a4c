// SPDX-License-Identifier: Apache-2.0
#include "proxy/long_work.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include "base/own_thread.h"
#include "base/thread_start.h"

namespace sublet::proxy {

// Shared with the thread, which may be the last to leave.
struct LongWork::Queue {
  using Work = std::function<void()>;

  void add(const std::string& tenant, Work work) SUBLET_EXCLUDES(mutex) {
    base::MutexLock lock(mutex);
    std::deque<Work>& own = waiting[tenant];
    if (own.empty()) turns.push_back(tenant);
    own.push_back(std::move(work));
    changed.notify_one();
  }

  // The next piece; empty: it is over.
  Work take() SUBLET_EXCLUDES(mutex) {
    base::MutexLock lock(mutex);
    while (turns.empty() && !over) changed.wait(mutex);
    if (over) return nullptr;
    const auto tenant = waiting.find(turns.front());
    Work work = std::move(tenant->second.front());
    tenant->second.pop_front();
    if (tenant->second.empty()) {
      waiting.erase(tenant);
    } else {
      turns.push_back(turns.front());
    }
    turns.pop_front();
    return work;
  }

  void end() SUBLET_EXCLUDES(mutex) {
    std::unordered_map<std::string, std::deque<Work>> dropped;  // under no lock
    base::MutexLock lock(mutex);
    over = true;
    turns.clear();
    dropped.swap(waiting);
    changed.notify_all();
  }

  base::Mutex mutex;
  base::CondVar changed;
  bool over SUBLET_GUARDED_BY(mutex) = false;
  std::unordered_map<std::string, std::deque<Work>> waiting SUBLET_GUARDED_BY(mutex);
  std::deque<std::string> turns SUBLET_GUARDED_BY(mutex);  // tenants that have work
};

LongWork::LongWork() : queue_(std::make_shared<Queue>()) {}

LongWork::~LongWork() {
  queue_->end();
  std::thread thread;
  {
    base::MutexLock lock(mutex_);
    thread.swap(thread_);
  }
  if (!thread.joinable()) return;
  if (thread.get_id() == std::this_thread::get_id()) {
    thread.detach();
  } else {
    thread.join();
  }
}

bool LongWork::post(const std::string& tenant, std::function<void()> work) {
  {
    base::MutexLock lock(mutex_);
    if (!thread_.joinable()) {
      thread_ = base::start_thread("sublet-answers", [queue = queue_] {
        base::mark_own_thread();
        while (const auto next = queue->take()) next();
      });
      if (!thread_.joinable()) return false;
    }
  }
  queue_->add(tenant, std::move(work));
  return true;
}

}  // namespace sublet::proxy
