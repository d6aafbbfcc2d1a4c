// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hostcall/key_value/call.h"
#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// The space that a call's keys are in.
std::string space_of(const KeyValueAccess& access, const KeyValueCall& call);

// What the step's updates make of a value; nullopt: it is removed.
Result<std::optional<KeyValueValue>> update_value(KeyValueTally& tally, const KeyValueStep& step,
                                                  const KeyValueValue* current);

// What an update made, for the answer; written where the store computes it.
using MadeValue = std::shared_ptr<std::optional<KeyValueValue>>;

// The step as the store does it. `made` may be null; the tally must live as long as the write.
KeyValueWrite write_of(const std::shared_ptr<KeyValueTally>& tally, KeyValueStep step,
                       std::string space, const MadeValue& made);

// Bytes of key and value.
std::uint64_t size_of(const KeyValueStep& step);

}  // namespace sublet::hostcall
