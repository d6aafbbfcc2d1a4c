// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hostcall/key_value/buffer.h"
#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// What one invocation does with `kv`. Thread-safe, but for start() and commit(): the worker's.
class KeyValueCalls {
 public:
  KeyValueCalls(std::shared_ptr<const KeyValueAccess> access, const base::Clock& clock);

  KeyValueTally& tally() noexcept { return *tally_; }
  const KeyValueTally& tally() const noexcept { return *tally_; }

  // Makes an admitted call. The reply comes on any thread, or inside.
  void start(KeyValueCall call, AnswerReply reply);

  // Whether the invocation has writes that are to be committed with its success.
  bool has_writes() const { return buffer_ != nullptr && buffer_->has_writes(); }
  void commit(AnswerReply reply) { buffer_->commit(std::move(reply)); }

 private:
  const std::shared_ptr<KeyValueTally> tally_;
  const std::shared_ptr<KeyValueBuffer> buffer_;  // null: writes go to the store at once
};

}  // namespace sublet::hostcall
