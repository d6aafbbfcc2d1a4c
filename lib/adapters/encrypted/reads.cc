// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "adapters/encrypted/calls.h"

// Reading: what comes from the inner store is decrypted on its way to the caller.
namespace sublet::adapters {
namespace {

using Entries = InnerStore::Entries;

// What became of an entry.
enum class Opened : std::uint8_t { kYes, kUnknownKey, kBroken };

Opened open_entry(const Keyring& ring, const std::string& tenant, const std::string& space,
                  KeyValueEntry& entry) {
  const auto id = data_key_id(entry.value);
  if (!id.has_value()) return Opened::kBroken;
  const DataKey* key = ring.find(*id);
  if (key == nullptr) return Opened::kUnknownKey;
  auto value = unseal(*key, {tenant, space, entry.key, entry.version}, entry.value);
  if (!value.has_value()) return Opened::kBroken;
  entry.value = *std::move(value);
  return Opened::kYes;
}

// Both reads: read, load the keys, open. A read that met a key which is not (or no longer) in the
// keyring begins anew: the tenant was rotated in between.
template <typename T>
class Read : public std::enable_shared_from_this<Read<T>> {
 public:
  Read(EnvelopePtr envelope, std::string tenant, AnswerPtr<T> answer)
      : envelope_(std::move(envelope)), tenant_(std::move(tenant)), answer_(std::move(answer)) {}
  virtual ~Read() = default;

  void start() {
    answer_->attempt([this] { read(); });
  }

 protected:
  // Starts the read, and goes on with have_read().
  virtual void read() = 0;
  virtual bool has_values(const T& found) const = 0;
  virtual std::uint64_t bytes(const T& found) const = 0;
  // The first one that is not kYes, and where.
  virtual Opened open(const Keyring& ring, T& found, std::optional<Error>& error) const = 0;

  void have_read(Result<T> found) {
    if (!found || !has_values(*found)) return answer_->give(std::move(found));
    found_ = *std::move(found);
    envelope_->load(tenant_, bytes(found_),
                    [self = this->shared_from_this()](Result<KeyringPtr> ring) {
                      self->answer_->attempt([&] { self->have_keys(ring); });
                    });
  }

  const EnvelopePtr envelope_;
  const std::string tenant_;
  const AnswerPtr<T> answer_;

 private:
  void have_keys(const Result<KeyringPtr>& ring) {
    if (!ring) return answer_->give(ring.error());
    std::optional<Error> error;
    const Opened opened = open(**ring, found_, error);
    if (opened == Opened::kYes) return answer_->give(std::move(found_));
    // The same keyring again and again: it is not that somebody has changed it.
    same_ = (*ring)->version == last_version_ ? same_ + 1 : 0;
    if (opened == Opened::kBroken || same_ == 2) return answer_->give(*std::move(error));
    if (++attempts_ == kMaxAttempts) return answer_->give(keys_keep_changing());
    last_version_ = (*ring)->version;
    envelope_->forget(tenant_, (*ring)->version);
    read();
  }

  T found_;
  int attempts_ = 0;
  int same_ = 0;
  std::uint64_t last_version_ = UINT64_MAX;
};

class Get final : public Read<Entries> {
 public:
  Get(EnvelopePtr envelope, KeyValueGet request, AnswerPtr<Entries> answer)
      : Read(std::move(envelope), request.tenant, std::move(answer)),
        request_(std::move(request)) {}

 private:
  void read() override {
    envelope_->inner.get(request_, [self = shared_from_this(), this](Result<Entries> entries) {
      answer_->attempt([&] { have_read(std::move(entries)); });
    });
  }
  bool has_values(const Entries& entries) const override {
    for (const auto& entry : entries) {
      if (entry.has_value()) return true;
    }
    return false;
  }
  std::uint64_t bytes(const Entries& entries) const override {
    std::uint64_t sum = 0;
    for (const auto& entry : entries) sum += entry.has_value() ? entry->value.data.size() : 0;
    return sum;
  }
  Opened open(const Keyring& ring, Entries& entries, std::optional<Error>& error) const override {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!entries[i].has_value()) continue;
      const std::string& space = request_.keys[i].space;
      const Opened opened = open_entry(ring, tenant_, space, *entries[i]);
      if (opened == Opened::kYes) continue;
      error = broken({tenant_, space, entries[i]->key, 0});
      return opened;
    }
    return Opened::kYes;
  }

  const KeyValueGet request_;
};

class List final : public Read<KeyValuePage> {
 public:
  List(EnvelopePtr envelope, KeyValueList request, AnswerPtr<KeyValuePage> answer)
      : Read(std::move(envelope), request.tenant, std::move(answer)),
        request_(std::move(request)) {}

 private:
  void read() override {
    envelope_->inner.list(request_, [self = shared_from_this(), this](Result<KeyValuePage> page) {
      answer_->attempt([&] { have_read(std::move(page)); });
    });
  }
  bool has_values(const KeyValuePage& page) const override {
    return !request_.keys_only && !page.entries.empty();
  }
  std::uint64_t bytes(const KeyValuePage& page) const override {
    std::uint64_t sum = 0;
    for (const KeyValueEntry& entry : page.entries) sum += entry.value.data.size();
    return sum;
  }
  Opened open(const Keyring& ring, KeyValuePage& page, std::optional<Error>& error) const override {
    for (KeyValueEntry& entry : page.entries) {
      const Opened opened = open_entry(ring, tenant_, request_.space, entry);
      if (opened == Opened::kYes) continue;
      error = broken({tenant_, request_.space, entry.key, 0});
      return opened;
    }
    return Opened::kYes;
  }

  const KeyValueList request_;
};

}  // namespace

Result<void> check_space(const std::string& space) {
  if (space != kKeyringSpace) return {};
  return Error{ErrorCode::kInvalidArgument, "space \"sublet/data-keys\" is Sublet's own"};
}

void start_get(const EnvelopePtr& envelope, KeyValueGet request, const AnswerPtr<Entries>& answer) {
  if (Result<void> valid = validate(request); !valid) return answer->give(valid.error());
  for (const KeyValueKey& at : request.keys) {
    if (Result<void> open = check_space(at.space); !open) return answer->give(open.error());
  }
  std::make_shared<Get>(envelope, std::move(request), answer)->start();
}

void start_list(const EnvelopePtr& envelope, KeyValueList request,
                const AnswerPtr<KeyValuePage>& answer) {
  if (Result<void> valid = validate(request); !valid) return answer->give(valid.error());
  if (Result<void> open = check_space(request.space); !open) return answer->give(open.error());
  std::make_shared<List>(envelope, std::move(request), answer)->start();
}

}  // namespace sublet::adapters
