// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <utility>

#include "adapters/postgres/tables.h"
#include "sublet/adapters/postgres_key_value_store.h"

namespace sublet::adapters::postgres {

// The tables of the key-value store.
class KeyValueTables final : public Tables {
 public:
  explicit KeyValueTables(PostgresKeyValueOptions options) : options_(std::move(options)) {}

  std::span<const Statement> statements() const override;
  SchemaPlan schema() const override;
  std::unique_ptr<Call> purge(PurgeDone done) const override;

  const PostgresKeyValueOptions& options() const noexcept { return options_; }

 private:
  const PostgresKeyValueOptions options_;
};

}  // namespace sublet::adapters::postgres
