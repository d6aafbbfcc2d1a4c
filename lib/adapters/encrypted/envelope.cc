// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/envelope.h"

#include "adapters/key_value/guarded.h"

namespace sublet::adapters {
namespace {

using Entries = InnerStore::Entries;

KeyValueGet keyring_get(const std::string& tenant) {
  return {tenant, {{kKeyringSpace, kKeyringKey}}};
}

// The entry without its keys.
Result<std::shared_ptr<Keyring>> record_of(const Result<Entries>& entries) {
  if (!entries) return entries.error();
  auto ring = std::make_shared<Keyring>();
  if (entries->size() != 1 || !entries->front().has_value()) return ring;
  const KeyValueEntry& entry = *entries->front();
  ring->version = entry.version;
  ring->bytes = entry.key.size() + entry.value.data.size();
  if (auto record = KeyringRecord::parse(entry.value.data)) ring->record = *std::move(record);
  return ring;
}

Error no_keyring(const std::string& why) {
  return Error{ErrorCode::kInternal, "the tenant's data keys " + why};
}

Error too_many_wait() {
  return Error{ErrorCode::kResourceExhausted, "max_waiting: too many calls wait for keys"};
}

// `done`, who leaves the place first: what it does may need one.
template <typename T>
std::function<void(Result<T>)> in_place(std::shared_ptr<WaitingRoom::Place> place,
                                        std::function<void(Result<T>)> done) {
  return [place = std::move(place), done = std::move(done)](Result<T> result) {
    place->leave();
    done(std::move(result));
  };
}

}  // namespace

// Reads one tenant's keyring, and unwraps key after key.
class Envelope::Loading : public std::enable_shared_from_this<Envelope::Loading> {
 public:
  Loading(EnvelopePtr envelope, std::string tenant)
      : envelope_(std::move(envelope)), tenant_(std::move(tenant)) {}

  void start() {
    envelope_->inner.get(keyring_get(tenant_),
                         [self = shared_from_this()](Result<Entries> entries) {
                           self->step([&] { self->read(entries); });
                         });
  }

 private:
  template <typename Step>
  void step(Step&& body) {
    const Result<void> done = guarded([&]() -> Result<void> {
      body();
      return {};
    });
    if (!done) finish(done.error());
  }

  void read(const Result<Entries>& entries) {
    auto record = record_of(entries);
    if (!record) return finish(record.error());
    ring_ = *record;
    if (ring_->version != 0 && ring_->record.keys.empty()) {
      return finish(no_keyring("are not what was written"));
    }
    next();
  }

  void next() {
    const std::size_t at = ring_->keys.size();
    if (at == ring_->record.keys.size()) return finish(KeyringPtr(ring_));
    envelope_->host_keys.find(tenant_, ring_->record.keys[at].host_id,
                              [self = shared_from_this()](Result<HostKey> key) {
                                self->step([&] { self->unwrap_next(key); });
                              });
  }

  void unwrap_next(const Result<HostKey>& host) {
    if (!host) return finish(host.error());
    const WrappedKey& wrapped = ring_->record.keys[ring_->keys.size()];
    auto key = unwrap(tenant_, wrapped, *host);
    if (!key.has_value()) {
      envelope_->host_keys.forget(tenant_, wrapped.host_id);
      return finish(
          no_keyring("cannot be decrypted with the host's key \"" + wrapped.host_id + "\""));
    }
    ring_->keys.push_back(*std::move(key));
    next();
  }

  void finish(Result<KeyringPtr> ring) { envelope_->finish_loading(tenant_, std::move(ring)); }

  const EnvelopePtr envelope_;
  const std::string tenant_;
  std::shared_ptr<Keyring> ring_;
};

KeyringPtr Envelope::known(const std::string& tenant) {
  const base::MutexLock lock(mutex_);
  const KeyringPtr* found = known_.find(tenant);
  return found == nullptr ? nullptr : *found;
}

void Envelope::forget(const std::string& tenant, std::uint64_t version) {
  const base::MutexLock lock(mutex_);
  const KeyringPtr* found = known_.find(tenant);
  if (found != nullptr && (*found)->version == version) known_.erase(tenant);
}

void Envelope::load(const std::string& tenant, std::uint64_t bytes, KeyringCallback done) {
  if (KeyringPtr ring = known(tenant)) return done(std::move(ring));
  auto place = room_->enter(bytes);
  if (place == nullptr) return done(too_many_wait());
  load_now(tenant, in_place<KeyringPtr>(std::move(place), std::move(done)));
}

void Envelope::load_or_make(const std::string& tenant, std::uint64_t bytes, KeyringCallback done) {
  if (KeyringPtr ring = known(tenant)) return done(std::move(ring));
  auto place = room_->enter(bytes);
  if (place == nullptr) return done(too_many_wait());
  load_now(tenant, [self = shared_from_this(), tenant,
                    done = in_place<KeyringPtr>(std::move(place), std::move(done))](
                       Result<KeyringPtr> ring) {
    if (!ring || (*ring)->version != 0) return done(std::move(ring));
    self->make(tenant, done);
  });
}

void Envelope::find_host_key(const std::string& tenant, HostKeys::Callback done) {
  auto place = room_->enter(0);
  if (place == nullptr) return done(too_many_wait());
  host_keys.find(tenant, "", in_place<HostKey>(std::move(place), std::move(done)));
}

void Envelope::load_now(const std::string& tenant, KeyringCallback done) {
  KeyringPtr ring;
  bool first = false;
  {
    const base::MutexLock lock(mutex_);
    if (const KeyringPtr* found = known_.find(tenant)) {
      ring = *found;
    } else {
      std::vector<KeyringCallback>& waiting = loading_[tenant];
      first = waiting.empty();
      waiting.push_back(std::move(done));
    }
  }
  if (ring != nullptr) return done(std::move(ring));
  if (!first) return;
  const Result<void> started = guarded([&]() -> Result<void> {
    std::make_shared<Loading>(shared_from_this(), tenant)->start();
    return {};
  });
  if (!started) finish_loading(tenant, started.error());
}

void Envelope::finish_loading(const std::string& tenant, Result<KeyringPtr> ring) {
  std::vector<KeyringCallback> waiting;
  {
    const base::MutexLock lock(mutex_);
    const auto found = loading_.find(tenant);
    if (found == loading_.end()) return;
    waiting = std::move(found->second);
    loading_.erase(found);
    if (ring.has_value() && (*ring)->version != 0) known_.put(tenant, *ring);
  }
  for (const KeyringCallback& done : waiting) done(ring);
}

void Envelope::make(const std::string& tenant, const KeyringCallback& done) {
  host_keys.find(tenant, "", [self = shared_from_this(), tenant, done](Result<HostKey> host) {
    const Result<void> begun = guarded([&]() -> Result<void> {
      if (!host) return host.error();
      auto key = make_data_key();
      if (!key) return key.error();
      auto wrapped = wrap(tenant, *key, *host);
      if (!wrapped) return wrapped.error();
      KeyringRecord record;
      record.keys.push_back(*std::move(wrapped));
      // Whoever comes first has made it, here or on another machine.
      self->inner.commit(keyring_commit(tenant, 0, record),
                         [self, tenant, done](Result<KeyValueCommitted> committed) {
                           // Not said whether it was done: what is there tells. As an outcome it
                           // would be taken for that of the caller's own commit.
                           if (!committed && committed.error().code != ErrorCode::kIndeterminate) {
                             return done(committed.error());
                           }
                           self->load_now(tenant, done);
                         });
      return {};
    });
    if (!begun) done(begun.error());
  });
}

void Envelope::load_record(const std::string& tenant, KeyringCallback done) {
  inner.get(keyring_get(tenant), [done = std::move(done)](Result<Entries> entries) {
    auto record = record_of(entries);
    if (!record) return done(record.error());
    done(KeyringPtr(*std::move(record)));
  });
}

void Envelope::end() {
  inner.end();
  host_keys.end();
  const base::MutexLock lock(mutex_);
  known_.clear();
}

KeyValueCommit keyring_commit(const std::string& tenant, std::uint64_t version,
                              const KeyringRecord& record) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {kKeyringSpace, kKeyringKey};
  write.condition = version == 0 ? KeyValueCondition::absent() : KeyValueCondition::is(version);
  write.value = {KeyValueType::kBytes, record.text()};
  KeyValueCommit commit;
  commit.tenant = tenant;
  commit.writes.push_back(std::move(write));
  return commit;
}

KeyValueWrite keyring_check(const Keyring& ring) {
  KeyValueWrite write;
  write.at = {kKeyringSpace, kKeyringKey};
  write.condition =
      ring.version == 0 ? KeyValueCondition::absent() : KeyValueCondition::is(ring.version);
  return write;
}

}  // namespace sublet::adapters
