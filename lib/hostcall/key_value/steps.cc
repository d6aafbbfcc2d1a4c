// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/steps.h"

#include <utility>

#include "sublet/key_value_data.h"

namespace sublet::hostcall {
namespace {

using Kind = KeyValueStep::Kind;

KeyValueCompute compute_of(const std::shared_ptr<KeyValueTally>& tally, KeyValueStep step,
                           const MadeValue& made) {
  return [tally, made, step = std::move(step)](
             const KeyValueEntry* current, std::uint64_t) -> Result<std::optional<KeyValueValue>> {
    auto value = update_value(*tally, step, current == nullptr ? nullptr : &current->value);
    if (value.has_value() && made != nullptr) *made = *value;
    return value;
  };
}

}  // namespace

std::string space_of(const KeyValueAccess& access, const KeyValueCall& call) {
  return call.name_space.empty() ? access.own_space : shared_space(call.name_space);
}

Result<std::optional<KeyValueValue>> update_value(KeyValueTally& tally, const KeyValueStep& step,
                                                  const KeyValueValue* current) {
  if (current != nullptr && current->type != KeyValueType::kJson) {
    return Error{ErrorCode::kInvalidArgument, "the value is binary; updates are for JSON"};
  }
  const std::optional<std::string_view> text =
      current == nullptr ? std::nullopt : std::optional<std::string_view>(current->data);
  Result<std::optional<std::string>> updated = apply_updates(text, step.updates);
  if (!updated) return updated.error();
  if (!updated->has_value()) return std::optional<KeyValueValue>();
  KeyValueValue value{KeyValueType::kJson, *std::move(updated).value()};
  if (std::string fault = tally.check_value(value); !fault.empty()) {
    return Error{ErrorCode::kInvalidArgument, std::move(fault)};
  }
  return std::optional<KeyValueValue>(std::move(value));
}

KeyValueWrite write_of(const std::shared_ptr<KeyValueTally>& tally, KeyValueStep step,
                       std::string space, const MadeValue& made) {
  KeyValueWrite write;
  write.at.space = std::move(space);
  write.condition = step.condition;
  switch (step.kind) {
    case Kind::kCheck:
      write.kind = KeyValueWrite::Kind::kCheck;
      break;
    case Kind::kDelete:
      write.kind = KeyValueWrite::Kind::kRemove;
      break;
    case Kind::kSet:
      write.kind = KeyValueWrite::Kind::kPut;
      write.expiry = step.expiry.value_or(KeyValueExpiry::never());
      write.value = std::move(step.value);
      break;
    case Kind::kUpdate:
      write.kind = KeyValueWrite::Kind::kCompute;
      write.expiry = step.expiry.value_or(KeyValueExpiry::keep());
      write.at.key = step.key;
      write.compute = compute_of(tally, std::move(step), made);
      return write;
  }
  write.at.key = std::move(step.key);
  return write;
}

std::uint64_t size_of(const KeyValueStep& step) { return step.key.size() + step.value.data.size(); }

}  // namespace sublet::hostcall
