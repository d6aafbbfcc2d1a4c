// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hostcall/answer_check.h"
#include "hostcall/key_value/access.h"
#include "hostcall/key_value/call.h"
#include "sublet/invocation.h"

namespace sublet::hostcall {

// What one invocation used of `kv`, and whether it may go on. Thread-safe: answers come on any
// thread, also after the invocation has ended.
class KeyValueTally {
 public:
  KeyValueTally(std::shared_ptr<const KeyValueAccess> access, const base::Clock& clock)
      : access_(std::move(access)), limits_(access_->limits), clock_(clock) {}

  const KeyValueAccess& access() const noexcept { return *access_; }
  const Limits& limits() const noexcept { return limits_; }

  // Looks at a call before it is made, and counts it; the worker's alone. Nullopt: it may be made.
  std::optional<CheckedAnswer> admit(const KeyValueCall& call);
  // The message says what is wrong with a value, as it came or as an update made it; empty:
  // nothing.
  std::string check_value(const KeyValueValue& value);

  // An answer that is too large for Limits::result is refused instead.
  // The size from which on bounded() refuses.
  std::uint64_t largest_answer() const;
  CheckedAnswer bounded(CheckedAnswer answer, const KeyValueCall& call, std::string_view key);

  // What tenant code is told where the store failed; the host is told all of it.
  CheckedAnswer failed(const KeyValueCall& call, std::string_view key, const Error& error) const;

  void add_read(std::uint64_t bytes);
  void add_written(std::uint64_t bytes);
  // Sets what the tenant may have after a commit: nothing where the limit is in dry run.
  void set_quota(KeyValueCommit& commit) const;
  // What a commit answered: quotas that were passed, and whether the host is to be told.
  void note(const KeyValueCommitted& committed);

  std::uint32_t operations_left() const;
  std::uint64_t rate_left() const;
  // How an invocation ends that lets a refusal for its number of operations or its rate pass.
  std::optional<Outcome> outcome() const;
  void add_to(Usage& usage) const;

 private:
  std::optional<CheckedAnswer> check_key(const KeyValueCall& call, const std::string& key);
  std::optional<CheckedAnswer> check_steps(const KeyValueCall& call);
  std::string check_operands(const KeyValueStep& step);
  std::string check_bytes(std::string_view what, std::uint64_t size);
  std::optional<CheckedAnswer> count(const KeyValueCall& call);
  void note_quota(Limit limit, std::uint64_t used, std::uint64_t quota, bool refused);
  // Notes that a limit is reached; true where it is in dry run, so that things go on.
  bool pass(Limit limit);

  const std::shared_ptr<const KeyValueAccess> access_;
  const Limits& limits_;
  const base::Clock& clock_;

  std::atomic<std::uint32_t> operations_{0};
  std::atomic<std::uint32_t> reads_{0};
  std::atomic<std::uint32_t> writes_{0};
  std::atomic<std::uint64_t> bytes_read_{0};
  std::atomic<std::uint64_t> bytes_written_{0};
  std::atomic<LimitSet> passed_{0};
  std::atomic<Outcome> outcome_{Outcome::kOk};  // kOk: no refusal decides it
};

}  // namespace sublet::hostcall
