// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "hostcall/key_value/buffer.h"

namespace sublet::hostcall {
namespace {

// The order of a page's keys.
bool before(const KeyValueList& request, std::string_view a, std::string_view b) {
  return request.reverse ? b < a : a < b;
}

const OwnWrites::value_type* find_own(const OwnWrites& own, const std::string& key) {
  const auto place =
      std::lower_bound(own.begin(), own.end(), key,
                       [](const OwnWrites::value_type& write, const std::string& wanted) {
                         return write.first < wanted;
                       });
  return place != own.end() && place->first == key ? &*place : nullptr;
}

KeyValueEntry entry_of(const OwnWrites::value_type& write, bool keys_only) {
  KeyValueEntry entry;
  entry.key = write.first;
  if (keys_only) {
    entry.value.type = KeyValueType::kBytes;
  } else {
    entry.value = *write.second;
  }
  return entry;
}

}  // namespace

MergedPage merge_page(KeyValuePage page, const OwnWrites& own, const KeyValueList& request) {
  MergedPage merged;
  std::optional<std::string> bound;
  if (page.more && !page.entries.empty()) bound = page.entries.back().key;
  for (KeyValueEntry& entry : page.entries) {
    if (find_own(own, entry.key) == nullptr) merged.entries.push_back(std::move(entry));
  }
  for (const auto& write : own) {
    const std::string& key = write.first;
    const bool in_page = key.starts_with(request.prefix) &&
                         (!request.after.has_value() || before(request, *request.after, key)) &&
                         (!bound.has_value() || !before(request, *bound, key));
    if (in_page && write.second != nullptr) {
      merged.entries.push_back(entry_of(write, request.keys_only));
    }
  }
  std::sort(merged.entries.begin(), merged.entries.end(),
            [&](const KeyValueEntry& a, const KeyValueEntry& b) {
              return before(request, a.key, b.key);
            });
  merged.cursor = std::move(bound);
  if (merged.entries.size() > request.limit) {
    merged.entries.resize(request.limit);
    merged.cursor = merged.entries.back().key;
  }
  return merged;
}

}  // namespace sublet::hostcall
