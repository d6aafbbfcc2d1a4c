// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "adapters/encrypted/calls.h"
#include "base/mutex.h"

// Writing: values are encrypted where the inner store commits them, which is where their version is
// known. Each commit holds only while the tenant's data keys are the ones that it encrypts with:
// else a rotation might forget a key that something was just written with.
namespace sublet::adapters {
namespace {

using Kind = KeyValueWrite::Kind;
using Status = KeyValueCommitted::Status;
using Made = Result<std::optional<KeyValueValue>>;

bool makes_value(const KeyValueWrite& write) {
  return write.kind == Kind::kPut || write.kind == Kind::kCompute;
}

std::uint64_t sum_or_most(std::uint64_t a, std::uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

class Commit final : public std::enable_shared_from_this<Commit> {
 public:
  Commit(EnvelopePtr envelope, KeyValueCommit request, AnswerPtr<KeyValueCommitted> answer)
      : envelope_(std::move(envelope)),
        request_(std::move(request)),
        answer_(std::move(answer)),
        seals_(std::any_of(request_.writes.begin(), request_.writes.end(), makes_value)) {}

  void start() {
    answer_->attempt([this] { load(); });
  }

 private:
  void load() {
    if (++attempts_ > kMaxAttempts) return answer_->give(keys_keep_changing());
    const auto go_on = [self = shared_from_this()](Result<KeyringPtr> ring) {
      self->answer_->attempt([&] {
        if (!ring) return self->answer_->give(ring.error());
        self->commit(*ring);
      });
    };
    if (seals_) return envelope_->load_or_make(request_.tenant, bytes(), go_on);
    // Of a commit that encrypts nothing, only what the keyring counts for has to be known.
    if (KeyringPtr ring = envelope_->known(request_.tenant)) return go_on(std::move(ring));
    envelope_->load_record(request_.tenant, go_on);
  }

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const KeyValueWrite& write : request_.writes) {
      sum += write.at.space.size() + write.at.key.size() + write.value.data.size();
    }
    return sum;
  }

  void commit(const KeyringPtr& ring) {
    if (seals_ && ring->keys.empty()) return load();  // erased in between
    KeyValueCommit inner;
    inner.tenant = request_.tenant;
    inner.max_keys = sum_or_most(request_.max_keys, ring->usage().keys);
    inner.max_bytes = Bytes{sum_or_most(request_.max_bytes.count, ring->bytes)};
    inner.writes.reserve(request_.writes.size() + 1);
    inner.writes.push_back(keyring_check(*ring));
    for (const KeyValueWrite& write : request_.writes) {
      inner.writes.push_back(inner_write(write, ring));
    }
    envelope_->inner.commit(
        std::move(inner), [self = shared_from_this(), ring](Result<KeyValueCommitted> committed) {
          self->answer_->attempt([&] { self->committed(*ring, std::move(committed)); });
        });
  }

  KeyValueWrite inner_write(const KeyValueWrite& write, const KeyringPtr& ring) {
    KeyValueWrite inner;
    inner.kind = makes_value(write) ? Kind::kCompute : write.kind;
    inner.at = write.at;
    inner.condition = write.condition;
    inner.expiry = write.expiry;
    inner.needs_current = write.kind == Kind::kCompute && write.needs_current;
    if (makes_value(write)) {
      inner.compute = [self = shared_from_this(), &write, ring](const KeyValueEntry* current,
                                                                std::uint64_t version) {
        return self->make(write, *ring, current, version);
      };
    }
    return inner;
  }

  Made make(const KeyValueWrite& write, const Keyring& ring, const KeyValueEntry* current,
            std::uint64_t version) {
    (void)take_fault();  // the store may call several times, and the last one counts
    const auto place_of = [&](std::uint64_t at_version) {
      return ValuePlace{request_.tenant, write.at.space, write.at.key, at_version};
    };
    if (write.kind == Kind::kPut) return encrypted(ring, place_of(version), write.value);
    std::optional<KeyValueEntry> opened;
    if (current != nullptr) {
      const auto id = data_key_id(current->value);
      const DataKey* key = id.has_value() ? ring.find(*id) : nullptr;
      std::optional<KeyValueValue> value;
      if (key != nullptr) value = unseal(*key, place_of(current->version), current->value);
      if (!value.has_value()) return fault(broken(place_of(current->version)));
      opened = KeyValueEntry{current->key, *std::move(value), current->version, current->updated_at,
                             current->expires_at};
    }
    Made made = write.compute(opened.has_value() ? &*opened : nullptr, version);
    if (!made.has_value() || !made->has_value()) return made;
    return encrypted(ring, place_of(version), **made);
  }

  Made encrypted(const Keyring& ring, const ValuePlace& place, const KeyValueValue& value) {
    auto sealed = seal(ring.current(), place, value);
    if (sealed.has_value()) return std::optional<KeyValueValue>(*std::move(sealed));
    if (sealed.error().code == ErrorCode::kInvalidArgument) return std::move(sealed).error();
    return fault(std::move(sealed).error());
  }

  // A refusal that is no compute's own, and becomes the error of the call.
  Error fault(Error error) {
    const base::MutexLock lock(mutex_);
    fault_ = error;
    return error;
  }

  void committed(const Keyring& ring, Result<KeyValueCommitted> result) {
    if (!result) return answer_->give(std::move(result));
    KeyValueCommitted& answer = *result;
    if (answer.status == Status::kConflict && answer.failed == 0) {
      envelope_->forget(request_.tenant, ring.version);
      return load();
    }
    if (answer.status == Status::kRefused) {
      if (std::optional<Error> error = take_fault()) return answer_->give(*std::move(error));
    }
    if (answer.failed > 0) --answer.failed;
    if (!answer.existed.empty()) answer.existed.erase(answer.existed.begin());
    answer.usage.keys -= std::min(answer.usage.keys, ring.usage().keys);
    answer.usage.bytes.count -= std::min(answer.usage.bytes.count, ring.bytes);
    answer_->give(std::move(result));
  }

  std::optional<Error> take_fault() {
    const base::MutexLock lock(mutex_);
    return std::exchange(fault_, std::nullopt);
  }

  const EnvelopePtr envelope_;
  const KeyValueCommit request_;
  const AnswerPtr<KeyValueCommitted> answer_;
  const bool seals_;
  int attempts_ = 0;
  base::Mutex mutex_;
  std::optional<Error> fault_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace

void start_commit(const EnvelopePtr& envelope, KeyValueCommit request,
                  const AnswerPtr<KeyValueCommitted>& answer) {
  if (Result<void> valid = validate(request); !valid) return answer->give(valid.error());
  for (const KeyValueWrite& write : request.writes) {
    if (Result<void> open = check_space(write.at.space); !open) return answer->give(open.error());
    if (write.kind == Kind::kPut &&
        write.value.data.size() > KeyValueStore::kMaxValueBytes - kValueOverhead) {
      return answer->give(Error{ErrorCode::kInvalidArgument, too_large(write.value.data.size())});
    }
  }
  std::make_shared<Commit>(envelope, std::move(request), answer)->start();
}

}  // namespace sublet::adapters
