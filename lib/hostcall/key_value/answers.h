// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hostcall/answer_check.h"
#include "hostcall/key_value/call.h"
#include "sublet/adapters/key_value_store.h"

// What `kv` answers, as JSON that the SDK hands on.
namespace sublet::hostcall {

// A key or name as a message may show it: cut, in quotes.
std::string quoted(std::string_view text);
// `kv.set "key"`: what a message begins with.
std::string called(const KeyValueCall& call, std::string_view key);

// The key of a call that has one; else empty.
std::string_view first_key(const KeyValueCall& call);

CheckedAnswer refusal(const KeyValueCall& call, std::string_view key, std::string_view code,
                      const std::string& what);
// What the store said to a call; what only the host may know stays out.
CheckedAnswer refusal(const KeyValueCall& call, std::string_view key, const Error& error);

// A value alone: kv.get.
CheckedAnswer answer_value(std::optional<KeyValueEntry> entry);
// Entries in the order of `places`, null for one that is absent. The version of one that this
// invocation wrote, and that is not committed yet, is 0 and left out. Stops where the text is
// larger than `largest`, which the caller refuses.
CheckedAnswer answer_entries(const std::vector<std::optional<KeyValueEntry>>& entries,
                             const std::vector<std::size_t>& places, std::uint64_t largest);
// `cursor` is the last key that was looked at, where there may be more.
CheckedAnswer answer_page(const std::vector<KeyValueEntry>& entries, bool keys_only,
                          const std::optional<std::string>& cursor);

// What a write came to. `value` is what an update made.
struct WriteAnswer {
  bool ok = true;
  std::uint64_t version = 0;            // 0: not known, left out
  std::optional<bool> existed;          // of a delete
  std::optional<std::string> value;     // JSON
  std::optional<std::string> conflict;  // the key in the way, in a transaction
};
CheckedAnswer answer_write(const WriteAnswer& answer);

struct UsageAnswer {
  KeyValueUsage usage;
  std::uint64_t max_keys = 0;
  Bytes max_bytes;
  std::uint32_t operations_left = 0;
  std::uint64_t rate_left = 0;
};
CheckedAnswer answer_usage(const UsageAnswer& answer);

}  // namespace sublet::hostcall
