// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// Makes an admitted call to the store at once; the reply comes on any thread, or inside.
void call_store(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply);

// The tenant's usage, which is the same for every way to write.
void ask_usage(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply);

// Bytes of what came back.
std::uint64_t size_of(const KeyValueEntry& entry);
std::uint64_t size_of(const std::vector<std::optional<KeyValueEntry>>& entries);

// What a commit came to, where it was not committed and not in conflict; nullopt: it was one of
// these.
std::optional<CheckedAnswer> commit_refusal(const KeyValueAccess& access, const KeyValueCall& call,
                                            std::string_view key,
                                            const KeyValueCommitted& committed);

}  // namespace sublet::hostcall
