// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/calls.h"

#include <utility>

namespace sublet::hostcall {

KeyValueCalls::KeyValueCalls(std::shared_ptr<const KeyValueAccess> access, const base::Clock& clock)
    : tally_(std::make_shared<KeyValueTally>(std::move(access), clock)),
      order_(tally_->access().transactional ? nullptr : std::make_shared<KeyValueOrder>(tally_)),
      buffer_(order_ == nullptr ? std::make_shared<KeyValueBuffer>(tally_) : nullptr) {}

void KeyValueCalls::start(KeyValueCall call, AnswerReply reply) {
  if (buffer_ != nullptr) return buffer_->start(std::move(call), std::move(reply));
  order_->start(std::move(call), std::move(reply));
}

void KeyValueCalls::close() { buffer_ != nullptr ? buffer_->close() : order_->close(); }

}  // namespace sublet::hostcall
