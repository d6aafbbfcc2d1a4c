// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/key_value_store.h"
#include "sublet/adapters/key_value_update.h"
#include "sublet/result.h"

namespace sublet::hostcall {

// What tenant code asks of `kv`.
enum class KeyValueOperation : std::uint8_t {
  kGet,
  kEntries,
  kWrite,
  kUpdate,
  kList,
  kTransact,
  kUsage
};

// One check or write of a call.
struct KeyValueStep {
  enum class Kind : std::uint8_t { kCheck, kSet, kDelete, kUpdate };
  Kind kind = Kind::kCheck;
  std::string key;
  KeyValueCondition condition;
  std::optional<KeyValueExpiry> expiry;  // nullopt: nothing was said
  KeyValueValue value;                   // kSet
  std::vector<KeyValueUpdate> updates;   // kUpdate
};

// A call, read. Keys are Unicode and of a size that a store takes; the policy's own limits are not
// looked at yet.
struct KeyValueCall {
  KeyValueOperation operation = KeyValueOperation::kGet;
  std::string_view name;                     // as tenant code writes it: "kv.set"; never goes away
  std::string name_space;                    // empty: the extension's own
  std::vector<std::string> keys;             // kGet (one), kEntries
  std::vector<KeyValueStep> steps;           // kWrite (one), kUpdate (one), kTransact
  std::shared_ptr<const KeyValueList> list;  // kList; tenant and space are left out
};

// `name` is the host call's: "kv.set", "kv.set@crm". `arguments` are JSON that passed scan_json(),
// or empty; `body` is kv.get's key, or a binary value. The message of an error is one sentence.
Result<KeyValueCall> read_key_value_call(std::string_view name, std::string_view arguments,
                                         std::string body);

}  // namespace sublet::hostcall
