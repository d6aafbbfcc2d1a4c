// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/calls.h"

#include <utility>

#include "hostcall/key_value/direct.h"

namespace sublet::hostcall {

KeyValueCalls::KeyValueCalls(std::shared_ptr<const KeyValueAccess> access, const base::Clock& clock)
    : tally_(std::make_shared<KeyValueTally>(std::move(access), clock)),
      buffer_(tally_->access().transactional ? std::make_shared<KeyValueBuffer>(tally_) : nullptr) {
}

void KeyValueCalls::start(KeyValueCall call, AnswerReply reply) {
  if (buffer_ != nullptr) return buffer_->start(std::move(call), std::move(reply));
  call_store(tally_, std::move(call), std::move(reply));
}

}  // namespace sublet::hostcall
