// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/key_value_store.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// The space of an extension's own entries, and of a namespace that extensions of a tenant share.
SUBLET_EXPORT std::string own_space(std::string_view extension);
SUBLET_EXPORT std::string shared_space(std::string_view name);

// Takes one line of an export, without the line's end. False: it wants no more.
using KeyValueLineSink = std::function<bool(std::string_view line)>;
// Gives the next line of an export into `line`; false: there is none.
using KeyValueLineSource = std::function<bool(std::string& line)>;

// A tenant's data, as the host handles it: reading, writing, data-protection requests. Waits for
// the store, at most `timeout` for each call to it (kUnavailable then; kIndeterminate for a write).
//
// Ownership: shares the store.
// Thread safety: thread-safe.
// Blocking: every method; not from a completion, an observer, a host function or a store's
// callback:
//   kFailedPrecondition.
// Errors: as KeyValueStore; throws nothing.
class SUBLET_EXPORT KeyValueData {
 public:
  explicit KeyValueData(std::shared_ptr<KeyValueStore> store,
                        std::chrono::milliseconds timeout = std::chrono::seconds(30));

  Result<std::optional<KeyValueEntry>> get(std::string_view tenant, const KeyValueKey& at) const;
  Result<KeyValuePage> list(KeyValueList request) const;
  // The entry's version. Without quota: the host decides.
  Result<std::uint64_t> put(std::string_view tenant, const KeyValueKey& at, KeyValueValue value,
                            KeyValueExpiry expiry = {});
  // Whether it was there.
  Result<bool> remove(std::string_view tenant, const KeyValueKey& at);
  Result<KeyValueCommitted> commit(KeyValueCommit request);
  Result<KeyValueUsage> usage(std::string_view tenant) const;
  Result<std::map<std::string, KeyValueUsage>> spaces(std::string_view tenant) const;

  // One line of JSON for each entry, in the order of spaces and keys:
  //   {"space":"own/crm","key":"a","json":{...},"version":7,"updated_at":"2026-11-22T08:00:00.000Z",
  //    "expires_at":"..."}
  // "space_base64" and "key_base64" stand for names that are no UTF-8, "bytes" (base64) for a value
  // of that type, "json_base64" for a JSON value that is none. Ends of lines inside a value become
  // spaces. What Sublet keeps for itself (spaces that begin with "sublet/") is left out.
  // Never holds more than a page in memory. Entries written meanwhile may be part of it or not.
  // Answers how many entries.
  Result<std::uint64_t> export_lines(std::string_view tenant, const KeyValueLineSink& sink) const;
  // Writes what export_lines() gave; entries that are there are replaced, versions and update times
  // are new. An entry ends when the line says, by the machine's clock; one that has ended is left
  // out. The message of an error names line and field; what stands before the line is written.
  // Answers how many entries.
  Result<std::uint64_t> import_lines(std::string_view tenant, const KeyValueLineSource& source);
  // Removes all that the tenant has stored, or one space of it; answers how many entries.
  Result<std::uint64_t> erase(std::string_view tenant,
                              std::optional<std::string_view> space = std::nullopt);
  Result<std::vector<std::string>> tenants(std::string_view after = {},
                                           std::uint32_t limit = 100) const;

 private:
  std::shared_ptr<KeyValueStore> store_;
  std::chrono::milliseconds timeout_;
};

}  // namespace v1
}  // namespace sublet
