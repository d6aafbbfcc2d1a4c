// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "adapters/postgres/schema_work.h"
#include "adapters/postgres/statement.h"
#include "adapters/postgres/transaction.h"

namespace sublet::adapters::postgres {

// What one step of the purge came to.
struct Purged {
  bool more = false;  // there is more that is due
  bool gone = false;  // something went
};
// nullopt: it did not go through.
using PurgeDone = std::function<void(std::optional<Purged>)>;

// What is kept in the database: its tables, and what is asked of them.
//
// Ownership: the engine's; outlives all calls.
// Thread safety: const.
class Tables {
 public:
  virtual ~Tables() = default;
  // What every session prepares.
  virtual std::span<const Statement> statements() const = 0;
  // How the tables are looked at and made.
  virtual SchemaPlan schema() const = 0;
  // Takes away some of what is not needed any more.
  virtual std::unique_ptr<Call> purge(PurgeDone done) const = 0;
};

}  // namespace sublet::adapters::postgres
