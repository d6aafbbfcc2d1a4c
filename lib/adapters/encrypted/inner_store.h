// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// The store inside the envelope, which answers kUnavailable once it was let go. It is let go by the
// thread that ends the envelope, and not by an answer of its own that comes last: a store's thread
// cannot end the store.
//
// Ownership: shares the inner store until end().
// Thread safety: thread-safe.
class InnerStore {
 public:
  using Entries = std::vector<std::optional<KeyValueEntry>>;
  using Spaces = std::map<std::string, KeyValueUsage>;

  explicit InnerStore(std::shared_ptr<KeyValueStore> store) : store_(std::move(store)) {}

  void get(KeyValueGet request, KeyValueCallback<Entries> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->get(std::move(request), std::move(done));
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->list(std::move(request), std::move(done));
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->commit(std::move(request), std::move(done));
  }
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->usage(std::move(tenant), std::move(done));
  }
  void spaces(std::string tenant, KeyValueCallback<Spaces> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->spaces(std::move(tenant), std::move(done));
  }
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->erase(std::move(tenant), std::move(space), std::move(done));
  }
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) {
    Use use(*this);
    if (!use) return done(ended());
    use->tenants(std::move(after), limit, std::move(done));
  }

  // Waits for other threads' calls to return, which is soon, and lets the store go.
  void end() SUBLET_EXCLUDES(mutex_);

  static Error ended() { return Error{ErrorCode::kUnavailable, "the store has ended"}; }

 private:
  // A call that has not returned.
  class Use {
   public:
    explicit Use(InnerStore& inner);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    explicit operator bool() const noexcept { return store_ != nullptr; }
    KeyValueStore* operator->() const noexcept { return store_; }
    // Of the calling thread: answers may come inside calls, and end the envelope.
    static std::size_t of_this_thread(const InnerStore& inner);

   private:
    InnerStore& inner_;
    KeyValueStore* store_ = nullptr;
    Use* const outer_;
  };
  static thread_local Use* innermost_;

  base::Mutex mutex_;
  base::CondVar returned_;
  std::shared_ptr<KeyValueStore> store_ SUBLET_GUARDED_BY(mutex_);
  std::size_t uses_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::adapters
