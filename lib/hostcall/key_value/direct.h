// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// Makes an admitted call to the store at once; the reply comes on any thread, or inside.
void call_store(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply);

// The tenant's usage, which is the same for every way to write.
void ask_usage(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply);

// The keys of a call, each once, and where among them each of the call's keys is: a call that asks
// for an entry many times holds it once.
struct UniqueKeys {
  std::vector<std::string> keys;
  std::vector<std::size_t> places;
};
UniqueKeys unique_keys(const std::vector<std::string>& keys);

// What a store answered is taken on trust no further than this: a host may bring its own.
Result<std::vector<std::optional<KeyValueEntry>>> sound_entries(
    Result<std::vector<std::optional<KeyValueEntry>>> found, std::size_t asked);
Result<KeyValueCommitted> sound_commit(Result<KeyValueCommitted> committed, std::size_t writes);

// Bytes of what came back.
std::uint64_t size_of(const KeyValueEntry& entry);
std::uint64_t size_of(const std::vector<std::optional<KeyValueEntry>>& entries);

// What a commit came to, where it was not committed and not in conflict; nullopt: it was one of
// these.
std::optional<CheckedAnswer> commit_refusal(const KeyValueAccess& access, const KeyValueCall& call,
                                            std::string_view key,
                                            const KeyValueCommitted& committed);

}  // namespace sublet::hostcall
