// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/calls.h"
#include "adapters/sqlite/connection.h"

namespace sublet::adapters::sqlite {

// What reads the database; each function sees one moment, and no entry that expired. Single-owner.
// Functions throw Failure.
class Reads {
 public:
  Reads(Connection& connection, KeyValueClock clock);

  std::vector<std::optional<KeyValueEntry>> answer(const KeyValueGet& request);
  KeyValuePage answer(const KeyValueList& request);
  KeyValueUsage answer(const UsageRequest& request);
  std::map<std::string, KeyValueUsage> answer(const SpacesRequest& request);
  std::vector<std::string> answer(const TenantsRequest& request);

 private:
  std::optional<KeyValueEntry> entry(const std::string& tenant, const KeyValueKey& at,
                                     KeyValueTime now);
  Statement& list_statement(const KeyValueList& request);

  Connection& connection_;
  const KeyValueClock clock_;
  Statement get_;
  Statement list_;
  Statement list_reverse_;
  Statement list_keys_;
  Statement list_keys_reverse_;
  Statement usage_;
  Statement expired_;
  Statement spaces_;
  Statement tenants_;
};

}  // namespace sublet::adapters::sqlite
