// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/postgres/schema.h"
#include "sublet/adapters/postgres_key_value_store.h"
#include "sublet/error.h"

extern "C" {
struct pg_result;
}

namespace sublet::adapters::postgres {

// Looks at the schema and makes or migrates it, once, on the first session of a store: one query
// after the other, each told by the answer to the one before. What has to be made is made under a
// lock, after another look: another host may have been first.
//
// Thread safety: none.
class SchemaWork {
 public:
  explicit SchemaWork(const PostgresKeyValueOptions& options) : options_(options) {}

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
  std::string table(const char* name) const;

  const PostgresKeyValueOptions& options_;
  Step step_ = Step::kLook;
  bool locked_ = false;
  SchemaState state_;
  std::optional<Error> failure_;
};

}  // namespace sublet::adapters::postgres
