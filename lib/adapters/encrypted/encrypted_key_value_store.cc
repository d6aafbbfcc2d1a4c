// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/encrypted_key_value_store.h"

#include <string>
#include <utility>

#include "adapters/encrypted/calls.h"
#include "adapters/key_value/guarded.h"

namespace sublet {
inline namespace v1 {
namespace {

using adapters::Answer;
using adapters::AnswerPtr;

Result<void> check_range(const char* field, std::int64_t value, std::int64_t most) {
  if (value >= 1 && value <= most) return {};
  return Error{ErrorCode::kInvalidArgument, std::string(field) + " is " + std::to_string(value) +
                                                "; it must be 1 to " + std::to_string(most)};
}

Result<void> check(const EncryptedKeyValueOptions& options) {
  constexpr std::int64_t kMost = 1'000'000;
  if (auto in = check_range("key_timeout in ms", options.key_timeout.count(), 600'000); !in) {
    return in;
  }
  if (auto in = check_range("max_waiting", options.max_waiting, kMost); !in) return in;
  return check_range("max_known", options.max_known, kMost);
}

}  // namespace

class EncryptedKeyValueStore::Impl {
 public:
  Impl(std::shared_ptr<KeyValueStore> inner, EncryptionKeySource keys,
       const EncryptedKeyValueOptions& options)
      : envelope_(
            std::make_shared<adapters::Envelope>(std::move(inner), std::move(keys), options)) {}
  ~Impl() { envelope_->end(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool start() { return envelope_->host_keys.start(); }

  // Begins a call; it holds the envelope, since its answer may end the store.
  template <typename T, typename Begin>
  void call(KeyValueCallback<T> done, Begin&& begin) noexcept {
    const adapters::EnvelopePtr envelope = envelope_;
    const AnswerPtr<T> answer = std::make_shared<Answer<T>>(std::move(done));
    answer->attempt([&] { begin(envelope, answer); });
  }

 private:
  const adapters::EnvelopePtr envelope_;
};

EncryptedKeyValueStore::EncryptedKeyValueStore(std::shared_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
EncryptedKeyValueStore::~EncryptedKeyValueStore() = default;

Result<std::shared_ptr<EncryptedKeyValueStore>> EncryptedKeyValueStore::create(
    std::shared_ptr<KeyValueStore> inner, EncryptionKeySource keys,
    EncryptedKeyValueOptions options) {
  using Made = Result<std::shared_ptr<EncryptedKeyValueStore>>;
  if (inner == nullptr) return Error{ErrorCode::kInvalidArgument, "inner is null"};
  if (!keys) return Error{ErrorCode::kInvalidArgument, "keys is empty"};
  return adapters::guarded([&]() -> Made {
    if (Result<void> checked = check(options); !checked) return std::move(checked).error();
    auto impl = std::make_shared<Impl>(std::move(inner), std::move(keys), options);
    if (!impl->start()) return Error{ErrorCode::kUnavailable, "the system gives no thread"};
    return std::shared_ptr<EncryptedKeyValueStore>(new EncryptedKeyValueStore(std::move(impl)));
  });
}

void EncryptedKeyValueStore::rewrap(std::string tenant,
                                    KeyValueCallback<std::uint64_t> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_rewrap(envelope, std::move(tenant), answer);
  });
}

void EncryptedKeyValueStore::rotate(std::string tenant,
                                    KeyValueCallback<std::uint64_t> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_rotate(envelope, std::move(tenant), answer);
  });
}

void EncryptedKeyValueStore::get(
    KeyValueGet request,
    KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_get(envelope, std::move(request), answer);
  });
}

void EncryptedKeyValueStore::list(KeyValueList request,
                                  KeyValueCallback<KeyValuePage> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_list(envelope, std::move(request), answer);
  });
}

void EncryptedKeyValueStore::commit(KeyValueCommit request,
                                    KeyValueCallback<KeyValueCommitted> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_commit(envelope, std::move(request), answer);
  });
}

void EncryptedKeyValueStore::usage(std::string tenant,
                                   KeyValueCallback<KeyValueUsage> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_usage(envelope, std::move(tenant), answer);
  });
}

void EncryptedKeyValueStore::spaces(
    std::string tenant, KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_spaces(envelope, std::move(tenant), answer);
  });
}

void EncryptedKeyValueStore::erase(std::string tenant, std::optional<std::string> space,
                                   KeyValueCallback<std::uint64_t> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_erase(envelope, std::move(tenant), std::move(space), answer);
  });
}

void EncryptedKeyValueStore::tenants(std::string after, std::uint32_t limit,
                                     KeyValueCallback<std::vector<std::string>> done) noexcept {
  impl_->call(std::move(done), [&](const auto& envelope, const auto& answer) {
    adapters::start_tenants(envelope, std::move(after), limit, answer);
  });
}

}  // namespace v1
}  // namespace sublet
