// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "adapters/encrypted/calls.h"
#include "adapters/encrypted/steps.h"

// Changing keys while calls go on.
namespace sublet::adapters {
namespace {

using Status = KeyValueCommitted::Status;

// What both have: load the keyring, change it under its version, begin anew where it has changed.
class KeyChange : public std::enable_shared_from_this<KeyChange> {
 public:
  KeyChange(EnvelopePtr envelope, std::string tenant, AnswerPtr<std::uint64_t> answer)
      : envelope_(std::move(envelope)), tenant_(std::move(tenant)), answer_(std::move(answer)) {}
  virtual ~KeyChange() = default;

  void start() {
    answer_->attempt([this] { begin(); });
  }

 protected:
  virtual void begin() = 0;

  // Goes on with the keyring as it is now.
  void with_ring(std::function<void(KeyringPtr)> next) {
    if (++attempts_ > kMaxAttempts) return answer_->give(keys_keep_changing());
    if (const KeyringPtr seen = envelope_->known(tenant_))
      envelope_->forget(tenant_, seen->version);
    envelope_->load(tenant_, 0, [self = shared_from_this(), next](Result<KeyringPtr> ring) {
      self->answer_->attempt([&] {
        if (!ring) return self->answer_->give(ring.error());
        next(*ring);
      });
    });
  }
  // And with the host's present key.
  void with_host_key(std::function<void(HostKey)> next) {
    envelope_->find_host_key(tenant_, [self = shared_from_this(), next](Result<HostKey> key) {
      self->answer_->attempt([&] {
        if (!key) return self->answer_->give(key.error());
        next(*key);
      });
    });
  }
  // Writes the keyring if it is still the one that was seen, else does `again`.
  void replace(const Keyring& ring, const KeyringRecord& record, std::function<void()> next,
               std::function<void()> again) {
    envelope_->inner.commit(
        keyring_commit(tenant_, ring.version, record),
        [self = shared_from_this(), next, again](Result<KeyValueCommitted> committed) {
          self->answer_->attempt([&] {
            if (!committed) return self->answer_->give(committed.error());
            if (committed->status == Status::kCommitted) return next();
            again();
          });
        });
  }

  const EnvelopePtr envelope_;
  const std::string tenant_;
  const AnswerPtr<std::uint64_t> answer_;
  int attempts_ = 0;
};

class Rewrap final : public KeyChange {
 public:
  using KeyChange::KeyChange;

 private:
  void begin() override {
    with_ring([this](const KeyringPtr& ring) {
      if (ring->keys.empty()) return answer_->give(std::uint64_t{0});
      with_host_key([this, ring](const HostKey& host) {
        KeyringRecord record;
        for (const DataKey& key : ring->keys) {
          auto wrapped = wrap(tenant_, key, host);
          if (!wrapped) return answer_->give(wrapped.error());
          record.keys.push_back(*std::move(wrapped));
        }
        const std::uint64_t count = record.keys.size();
        replace(
            *ring, record, [this, count, ring] { finish(count, *ring); }, [this] { begin(); });
      });
    });
  }
  void finish(std::uint64_t count, const Keyring& ring) {
    envelope_->forget(tenant_, ring.version);
    answer_->give(count);
  }
};

// A new data key; each value encrypted with it; then the older keys are forgotten. Where a rotation
// has not ended there is a new key already, which this one goes on with: keys would pile up else.
class Rotate final : public KeyChange {
 public:
  using KeyChange::KeyChange;

 private:
  void begin() override {
    with_ring([this](const KeyringPtr& ring) {
      if (ring->keys.empty()) return answer_->give(std::uint64_t{0});
      older_.clear();
      for (const DataKey& key : ring->keys) older_.push_back(key.id);
      if (ring->keys.size() > 1) {
        older_.pop_back();
        ring_ = ring;
        return list_spaces();
      }
      with_host_key([this, ring](const HostKey& host) { add_key(*ring, host); });
    });
  }

  void add_key(const Keyring& ring, const HostKey& host) {
    auto key = make_data_key();
    if (!key) return answer_->give(key.error());
    auto wrapped = wrap(tenant_, *key, host);
    if (!wrapped) return answer_->give(wrapped.error());
    KeyringRecord record = ring.record;
    record.keys.push_back(*std::move(wrapped));
    // From then on nothing is written with the older keys any more, by nobody.
    replace(
        ring, record, [this] { reload([this] { list_spaces(); }); }, [this] { begin(); });
  }

  void reload(std::function<void()> next) {
    with_ring([this, next](const KeyringPtr& ring) {
      if (ring->keys.empty()) return answer_->give(written_.load());  // erased meanwhile
      ring_ = ring;
      next();
    });
  }

  void list_spaces() {
    envelope_->inner.spaces(tenant_,
                            [self = shared_from_this(), this](Result<InnerStore::Spaces> spaces) {
                              answer_->attempt([&] {
                                if (!spaces) return answer_->give(spaces.error());
                                for (const auto& [space, usage] : *spaces) {
                                  if (space == kKeyringSpace) continue;
                                  if (space.starts_with(envelope_->spaces)) spaces_.push_back(space);
                                }
                                go_on();
                              });
                            });
  }

  void go_on() {
    steps_.next([self = shared_from_this(), this] { answer_->attempt([this] { next_page(); }); });
  }

  void next_page() {
    if (!in_space_) {
      if (spaces_.empty()) return forget_older();
      in_space_ = true;
      page_request_ = {};
      page_request_.tenant = tenant_;
      page_request_.space = std::move(spaces_.front());
      page_request_.limit = 64;
      spaces_.pop_front();
    }
    envelope_->inner.list(page_request_,
                          [self = shared_from_this(), this](Result<KeyValuePage> page) {
                            answer_->attempt([&] {
                              if (!page) return answer_->give(page.error());
                              encrypt_page(*std::move(page));
                            });
                          });
  }

  void encrypt_page(KeyValuePage page) {
    page_ = std::move(page);
    changed_ = false;
    left_ = page_.entries.size() + 1;
    for (const KeyValueEntry& entry : page_.entries) encrypt_one(entry);
    one_less();
  }

  void encrypt_one(const KeyValueEntry& entry) {
    const std::string& space = page_request_.space;
    const auto id = data_key_id(entry.value);
    if (id.has_value() && std::find(older_.begin(), older_.end(), *id) == older_.end()) {
      return one_less();
    }
    const DataKey* key = id.has_value() ? ring_->find(*id) : nullptr;
    std::optional<KeyValueValue> value;
    if (key != nullptr) {
      value = unseal(*key, {tenant_, space, entry.key, entry.version}, entry.value);
    }
    if (!value.has_value()) return answer_->give(broken({tenant_, space, entry.key, 0}));
    KeyValueWrite write;
    write.kind = KeyValueWrite::Kind::kCompute;
    write.at = {space, entry.key};
    write.condition = KeyValueCondition::is(entry.version);
    write.expiry = KeyValueExpiry::keep();
    write.needs_current = false;
    write.compute =
        [self = shared_from_this(), this, ring = ring_, at = write.at, plain = *std::move(value)](
            const KeyValueEntry*, std::uint64_t version) -> Result<std::optional<KeyValueValue>> {
      auto sealed = seal(ring->current(), {tenant_, at.space, at.key, version}, plain);
      if (!sealed) return std::move(sealed).error();
      return std::optional<KeyValueValue>(*std::move(sealed));
    };
    KeyValueCommit commit;
    commit.tenant = tenant_;
    commit.writes.push_back(keyring_check(*ring_));
    commit.writes.push_back(std::move(write));
    envelope_->inner.commit(std::move(commit),
                            [self = shared_from_this(), this](Result<KeyValueCommitted> committed) {
                              answer_->attempt([&] { encrypted_one(committed); });
                            });
  }

  void encrypted_one(const Result<KeyValueCommitted>& committed) {
    if (!committed) return answer_->give(committed.error());
    if (committed->status == Status::kRefused) {
      return answer_->give(Error{ErrorCode::kInternal, committed->message});
    }
    if (committed->status == Status::kCommitted) {
      ++written_;
    } else if (committed->failed == 0) {
      changed_ = true;
    }  // else somebody else wrote the entry meanwhile, with the new key
    one_less();
  }

  void one_less() {
    if (--left_ != 0) return;
    // The keyring was changed by somebody: the page is done again with what it is now.
    if (changed_) return reload([this] { go_on(); });
    in_space_ = page_.more && !page_.entries.empty();
    if (in_space_) page_request_.after = page_.entries.back().key;
    go_on();
  }

  void forget_older() {
    reload([this] {
      KeyringRecord record = ring_->record;
      std::erase_if(record.keys, [this](const WrappedKey& key) {
        return std::find(older_.begin(), older_.end(), key.id) != older_.end();
      });
      if (record.keys.size() == ring_->record.keys.size()) return finish();
      replace(
          *ring_, record, [this] { finish(); }, [this] { forget_older(); });
    });
  }

  void finish() {
    envelope_->forget(tenant_, ring_->version);
    answer_->give(written_.load());
  }

  std::vector<std::string> older_;  // ids
  KeyringPtr ring_;
  Steps steps_;
  std::deque<std::string> spaces_;
  bool in_space_ = false;
  KeyValueList page_request_;
  KeyValuePage page_;
  std::atomic<bool> changed_{false};
  std::atomic<std::size_t> left_{0};
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace

void start_rewrap(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<std::uint64_t>& answer) {
  if (Result<void> valid = validate_key_value_name("tenant", tenant); !valid) {
    return answer->give(valid.error());
  }
  std::make_shared<Rewrap>(envelope, std::move(tenant), answer)->start();
}

void start_rotate(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<std::uint64_t>& answer) {
  if (Result<void> valid = validate_key_value_name("tenant", tenant); !valid) {
    return answer->give(valid.error());
  }
  std::make_shared<Rotate>(envelope, std::move(tenant), answer)->start();
}

}  // namespace sublet::adapters
