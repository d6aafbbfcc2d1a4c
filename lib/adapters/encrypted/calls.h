// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/encrypted/answer.h"
#include "adapters/encrypted/envelope.h"

// The calls of an encrypted store, each in steps that hold each other by the callbacks they wait
// for. A step never runs under a lock.
namespace sublet::adapters {

// How often a call begins anew because the data keys were changed under it.
inline constexpr int kMaxAttempts = 64;
inline Error keys_keep_changing() {
  return Error{ErrorCode::kUnavailable, "the tenant's data keys keep changing"};
}

// Refuses what is in the space of data keys.
Result<void> check_space(const std::string& space);

void start_get(const EnvelopePtr& envelope, KeyValueGet request,
               const AnswerPtr<std::vector<std::optional<KeyValueEntry>>>& answer);
void start_list(const EnvelopePtr& envelope, KeyValueList request,
                const AnswerPtr<KeyValuePage>& answer);
void start_commit(const EnvelopePtr& envelope, KeyValueCommit request,
                  const AnswerPtr<KeyValueCommitted>& answer);
void start_usage(const EnvelopePtr& envelope, std::string tenant,
                 const AnswerPtr<KeyValueUsage>& answer);
void start_spaces(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<std::map<std::string, KeyValueUsage>>& answer);
void start_erase(const EnvelopePtr& envelope, std::string tenant, std::optional<std::string> space,
                 const AnswerPtr<std::uint64_t>& answer);
void start_tenants(const EnvelopePtr& envelope, std::string after, std::uint32_t limit,
                   const AnswerPtr<std::vector<std::string>>& answer);
void start_rewrap(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<std::uint64_t>& answer);
void start_rotate(const EnvelopePtr& envelope, std::string tenant,
                  const AnswerPtr<std::uint64_t>& answer);

}  // namespace sublet::adapters
