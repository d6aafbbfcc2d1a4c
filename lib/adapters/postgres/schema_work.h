// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sublet/error.h"

extern "C" {
struct pg_result;
}

namespace sublet::adapters::postgres {

// What a migration starts from.
struct SchemaState {
  bool schema_exists = false;
  std::int64_t version = 0;  // of the tables; 0: there are none
  bool make_policies = true;
};

// The tables that a store needs.
struct SchemaPlan {
  std::string schema;
  std::string version_table;  // its column "version" tells which the others are of
  std::vector<std::string> tables;
  std::int64_t version = 0;  // that this build reads and writes
  bool create = true;        // makes and migrates what is missing
  // Whether the tables have policies; none: that is nobody's business.
  std::optional<bool> policies;
  // The statements that lead to `version`.
  std::function<std::string(const SchemaState&)> migration;
};

// Looks at the schema and makes or migrates it, once, on the first session of a store: one query
// after the other, each told by the answer to the one before. What has to be made is made under a
// lock, after another look: another host may have been first.
//
// Thread safety: none.
class SchemaWork {
 public:
  explicit SchemaWork(SchemaPlan plan) : plan_(std::move(plan)) {}

  // The first query.
  std::string begin();
  // Takes the answer; the next query, or nothing: it is done or failed.
  std::optional<std::string> next(const pg_result* result);
  // kFailedPrecondition: the schema is missing, not ours, or newer; or its policies do not bind.
  const std::optional<Error>& failure() const noexcept { return failure_; }

 private:
  enum class Step { kLook, kReadVersion, kLock, kMigrate, kVerify };

  std::optional<std::string> after_look(const pg_result* result);
  std::optional<std::string> after_version(const pg_result* result);
  std::optional<std::string> migrate();
  std::optional<std::string> ready();
  std::optional<std::string> verify();
  std::optional<std::string> refuse(std::string what);
  std::string look();
  std::string of_catalog() const;
  std::string table(const std::string& name) const;
  std::string tables() const;

  const SchemaPlan plan_;
  Step step_ = Step::kLook;
  bool locked_ = false;
  SchemaState state_;
  std::optional<Error> failure_;
};

}  // namespace sublet::adapters::postgres
