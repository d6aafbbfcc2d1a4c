// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <utility>

#include "adapters/encrypted/calls.h"
#include "adapters/encrypted/steps.h"

// What the host asks: the space of data keys is no part of the answers.
namespace sublet::adapters {
namespace {

using Spaces = InnerStore::Spaces;
using Names = std::vector<std::string>;

void take_off(KeyValueUsage& usage, const Keyring& ring) {
  usage.keys -= std::min(usage.keys, ring.usage().keys);
  usage.bytes.count -= std::min(usage.bytes.count, ring.bytes);
}

// The keyring's size is read before and after: in between it must not have changed.
class Usage final : public std::enable_shared_from_this<Usage> {
 public:
  Usage(EnvelopePtr envelope, std::string tenant, AnswerPtr<KeyValueUsage> answer)
      : envelope_(std::move(envelope)), tenant_(std::move(tenant)), answer_(std::move(answer)) {}

  void start() {
    if (ring_ == nullptr) ring_ = envelope_->known(tenant_);
    if (ring_ != nullptr) return ask();
    look([this] { ask(); });
  }

 private:
  void look(std::function<void()> next) {
    envelope_->load_record(tenant_, [self = shared_from_this(), next](Result<KeyringPtr> ring) {
      self->answer_->attempt([&] {
        if (!ring) return self->answer_->give(ring.error());
        self->ring_ = *ring;
        next();
      });
    });
  }
  void ask() {
    envelope_->inner.usage(tenant_, [self = shared_from_this()](Result<KeyValueUsage> usage) {
      self->answer_->attempt([&] { self->asked(std::move(usage)); });
    });
  }
  void asked(Result<KeyValueUsage> usage) {
    if (!usage) return answer_->give(std::move(usage));
    look([this, before = ring_, usage = *usage]() mutable {
      if (before->version != ring_->version && ++attempts_ < kMaxAttempts) return ask();
      take_off(usage, *ring_);
      answer_->give(usage);
    });
  }

  const EnvelopePtr envelope_;
  const std::string tenant_;
  const AnswerPtr<KeyValueUsage> answer_;
  KeyringPtr ring_;
  int attempts_ = 0;
};

// Tenants that have more than data keys. The inner store's pages are gone through until one is
// full.
class Tenants final : public std::enable_shared_from_this<Tenants> {
 public:
  Tenants(EnvelopePtr envelope, std::string after, std::uint32_t limit, AnswerPtr<Names> answer)
      : envelope_(std::move(envelope)),
        after_(std::move(after)),
        limit_(limit),
        answer_(std::move(answer)) {}

  void start() {
    steps_.next([self = shared_from_this(), this] { answer_->attempt([this] { next_page(); }); });
  }

 private:
  void next_page() {
    envelope_->inner.tenants(after_, limit_, [self = shared_from_this()](Result<Names> names) {
      self->answer_->attempt([&] { self->look_at(std::move(names)); });
    });
  }

  void look_at(Result<Names> names) {
    if (!names) return answer_->give(std::move(names));
    if (names->empty()) return answer_->give(std::move(found_));
    page_ = *std::move(names);
    shown_.assign(page_.size(), 0);
    // One more for this loop: the answers may come inside the calls.
    left_ = page_.size() + 1;
    for (std::size_t i = 0; i < page_.size(); ++i) look_at_one(i);
    one_less();
  }

  void look_at_one(std::size_t i) {
    envelope_->inner.usage(page_[i], [self = shared_from_this(), i](Result<KeyValueUsage> usage) {
      self->answer_->attempt([&] {
        if (!usage) return self->answer_->give(usage.error());
        if (usage->keys == 1) return self->look_closer(i);
        self->shown_[i] = usage->keys > 1 ? 1 : 0;
        self->one_less();
      });
    });
  }

  void look_closer(std::size_t i) {
    envelope_->load_record(page_[i], [self = shared_from_this(), i](Result<KeyringPtr> ring) {
      self->answer_->attempt([&] {
        if (!ring) return self->answer_->give(ring.error());
        self->shown_[i] = (*ring)->version == 0 ? 1 : 0;
        self->one_less();
      });
    });
  }

  void one_less() {
    if (--left_ != 0) return;
    for (std::size_t i = 0; i < page_.size() && found_.size() < limit_; ++i) {
      if (shown_[i] != 0) found_.push_back(page_[i]);
    }
    if (found_.size() == limit_ || page_.size() < limit_) return answer_->give(std::move(found_));
    after_ = page_.back();
    start();
  }

  const EnvelopePtr envelope_;
  std::string after_;
  const std::uint32_t limit_;
  const AnswerPtr<Names> answer_;
  Steps steps_;
  Names found_;
  Names page_;
  std::vector<char> shown_;  // of page_, each written by its own answer
  std::atomic<std::size_t> left_{0};
};

void erase_all(const EnvelopePtr& envelope, const std::string& tenant,
               const AnswerPtr<std::uint64_t>& answer) {
  envelope->load_record(tenant, [envelope, tenant, answer](Result<KeyringPtr> ring) {
    answer->attempt([&] {
      if (!ring) return answer->give(ring.error());
      const std::uint64_t own = (*ring)->usage().keys;
      envelope->inner.erase(tenant, std::nullopt,
                            [envelope, tenant, answer, own](Result<std::uint64_t> count) {
                              if (count.has_value()) *count -= std::min(*count, own);
                              if (const KeyringPtr seen = envelope->known(tenant)) {
                                envelope->forget(tenant, seen->version);
                              }
                              answer->give(std::move(count));
                            });
    });
  });
}

}  // namespace

void start_usage(const EnvelopePtr& envelope, std::string tenant,
                 const AnswerPtr<KeyValueUsage>& answer) {
  if (Result<void> valid = validate_key_value_name("tenant", tenant); !valid) {
    return answer->give(valid.error());
  }
  std::make_shared<Usage>(envelope, std::move(tenant), answer)->start();
}

void start_spaces(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<Spaces>& answer) {
  envelope->inner.spaces(std::move(tenant), [answer](Result<Spaces> spaces) {
    if (spaces.has_value()) spaces->erase(kKeyringSpace);
    answer->give(std::move(spaces));
  });
}

void start_erase(const EnvelopePtr& envelope, std::string tenant, std::optional<std::string> space,
                 const AnswerPtr<std::uint64_t>& answer) {
  Result<void> valid = validate_key_value_name("tenant", tenant);
  if (valid && space.has_value()) valid = validate_key_value_name("space", *space);
  if (valid && space.has_value()) valid = check_space(*space);
  if (!valid) return answer->give(valid.error());
  if (!space.has_value()) return erase_all(envelope, tenant, answer);
  envelope->inner.erase(std::move(tenant), std::move(space),
                        [answer](Result<std::uint64_t> count) { answer->give(std::move(count)); });
}

void start_tenants(const EnvelopePtr& envelope, std::string after, std::uint32_t limit,
                   const AnswerPtr<Names>& answer) {
  std::make_shared<Tenants>(envelope, std::move(after), limit, answer)->start();
}

}  // namespace sublet::adapters
