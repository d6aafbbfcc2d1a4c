// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hostcall/key_value/buffer.h"
#include "hostcall/key_value/order.h"
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

  // The invocation is over: what has not gone to the store does not go there any more.
  void close();

 private:
  const std::shared_ptr<KeyValueTally> tally_;
  // One of the two: writes go to the store at once, or when the invocation has succeeded.
  const std::shared_ptr<KeyValueOrder> order_;
  const std::shared_ptr<KeyValueBuffer> buffer_;
};

}  // namespace sublet::hostcall
