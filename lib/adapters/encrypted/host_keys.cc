// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/host_keys.h"

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "adapters/encrypted/inner_store.h"
#include "adapters/key_value/guarded.h"
#include "base/mutex.h"
#include "base/thread_start.h"

namespace sublet::adapters {
namespace {

constexpr std::size_t kMaxIdBytes = 64;

using Name = std::pair<std::string, std::string>;  // tenant and id

// What the source answers, looked over.
Result<HostKey> ask(const EncryptionKeySource& source, const Name& name) {
  auto found = guarded([&] { return source(name.first, name.second); });
  if (!found) return Error{ErrorCode::kUnavailable, "the host's key: " + found.error().message};
  HostKey key{found->id, std::make_shared<SecretKey>(found->bytes)};
  wipe(found->bytes.data(), found->bytes.size());
  if (key.id.empty() || key.id.size() > kMaxIdBytes) {
    return Error{ErrorCode::kUnavailable, "the host's key: its id must have 1 to 64 bytes"};
  }
  if (!name.second.empty() && key.id != name.second) {
    return Error{ErrorCode::kUnavailable, "the host's key: it is another one than was asked for"};
  }
  return key;
}

}  // namespace

// What the thread works on, which it may outlive the envelope with.
struct HostKeys::State {
  explicit State(EncryptionKeySource asked) : source(std::move(asked)) {}

  const EncryptionKeySource source;
  base::Mutex mutex;
  base::CondVar changed;
  bool ended SUBLET_GUARDED_BY(mutex) = false;
  std::deque<Name> queue SUBLET_GUARDED_BY(mutex);
  // Who waits for a key that is asked for.
  std::map<Name, std::vector<Callback>> waiting SUBLET_GUARDED_BY(mutex);
  std::map<Name, HostKey> known SUBLET_GUARDED_BY(mutex);
};

HostKeys::HostKeys(EncryptionKeySource source)
    : state_(std::make_shared<State>(std::move(source))) {}

HostKeys::~HostKeys() { end(); }

bool HostKeys::start() {
  thread_ = base::start_thread("sublet-kv-keys", [state = state_] { run(state); });
  return thread_.joinable();
}

void HostKeys::run(const std::shared_ptr<State>& state) {
  for (;;) {
    Name name;
    {
      const base::MutexLock lock(state->mutex);
      while (!state->ended && state->queue.empty()) state->changed.wait(state->mutex);
      if (state->ended) return;
      name = std::move(state->queue.front());
      state->queue.pop_front();
    }
    const Result<HostKey> key = guarded([&] { return ask(state->source, name); });
    std::vector<Callback> waiting;
    {
      const base::MutexLock lock(state->mutex);
      waiting.swap(state->waiting[name]);
      state->waiting.erase(name);
      if (key.has_value() && !state->ended) state->known[{name.first, key->id}] = *key;
    }
    for (const Callback& done : waiting) done(key);
  }
}

void HostKeys::find(const std::string& tenant, const std::string& id, Callback done) {
  Result<HostKey> answer = InnerStore::ended();
  {
    const base::MutexLock lock(state_->mutex);
    const Name name{tenant, id};
    const auto known = state_->known.find(name);
    if (!state_->ended && (id.empty() || known == state_->known.end())) {
      std::vector<Callback>& waiting = state_->waiting[name];
      if (waiting.empty()) state_->queue.push_back(name);
      waiting.push_back(std::move(done));
      state_->changed.notify_one();
      return;
    }
    if (!state_->ended) answer = known->second;
  }
  done(std::move(answer));
}

void HostKeys::forget(const std::string& tenant, const std::string& id) {
  const base::MutexLock lock(state_->mutex);
  state_->known.erase({tenant, id});
}

void HostKeys::end() noexcept {
  std::map<Name, std::vector<Callback>> waiting;
  std::map<Name, HostKey> known;
  {
    const base::MutexLock lock(state_->mutex);
    state_->ended = true;
    state_->changed.notify_all();
    waiting.swap(state_->waiting);
    known.swap(state_->known);
  }
  for (const auto& [name, callbacks] : waiting) {
    for (const Callback& done : callbacks) done(InnerStore::ended());
  }
  if (!thread_.joinable()) return;
  // An answer on the thread itself may be what ends the store.
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

}  // namespace sublet::adapters
