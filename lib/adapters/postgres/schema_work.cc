// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/schema_work.h"

#include <libpq-fe.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "adapters/postgres/failure.h"

namespace sublet::adapters::postgres {
namespace {

std::string_view text(const PGresult* result, int column) {
  if (PQntuples(result) == 0) return {};
  return PQgetvalue(result, 0, column);
}

bool is_true(const PGresult* result, int column) { return text(result, column) == "t"; }

}  // namespace

std::string SchemaWork::begin() {
  failure_.reset();
  locked_ = false;
  return look();
}

// By the catalog's tables: functions such as to_regclass() may remember what was not there before.
std::string SchemaWork::look() {
  step_ = Step::kLook;
  const std::string is_there = "EXISTS (SELECT 1 " + of_catalog() + " AND c.relname ";
  return "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '" + plan_.schema + "'), " +
         is_there + "= '" + plan_.version_table + "'), " + is_there + "IN (" + tables() + "))";
}

std::string SchemaWork::of_catalog() const {
  return "FROM pg_class c, pg_namespace n WHERE n.oid = c.relnamespace AND n.nspname = '" +
         plan_.schema + "'";
}

std::optional<std::string> SchemaWork::next(const pg_result* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const Failure failure = failure_of(result);
    if (failure.reconnect || failure.error.code == ErrorCode::kUnavailable) {
      failure_ = failure.error;
      return std::nullopt;
    }
    return refuse(step_ == Step::kMigrate ? "it cannot be made: " + failure.error.message
                                          : "it cannot be read: " + failure.error.message);
  }
  switch (step_) {
    case Step::kLook:
      return after_look(result);
    case Step::kReadVersion:
      return after_version(result);
    case Step::kLock:
      return look();
    case Step::kMigrate:
      return verify();
    case Step::kVerify:
      if (is_true(result, 0)) return std::nullopt;
      return refuse(
          "row level security does not bind the role that connects: a superuser, or one with "
          "BYPASSRLS");
  }
  return std::nullopt;
}

// Policies that are there are worth nothing where the role passes them over.
std::optional<std::string> SchemaWork::verify() {
  if (!plan_.policies.value_or(false)) return std::nullopt;
  step_ = Step::kVerify;
  std::string sql = "SELECT true";
  for (const std::string& name : plan_.tables) {
    sql += " AND row_security_active('" + table(name) + "')";
  }
  return sql;
}

std::optional<std::string> SchemaWork::after_look(const pg_result* result) {
  state_.schema_exists = is_true(result, 0);
  state_.version = 0;
  state_.make_policies = plan_.policies.value_or(false);
  if (!is_true(result, 1)) {
    if (is_true(result, 2)) return refuse("its tables " + tables() + " are not Sublet's");
    return plan_.create ? migrate() : refuse("it has no tables of Sublet's");
  }
  step_ = Step::kReadVersion;
  const std::string ours =
      of_catalog() + " AND c.relname IN (" + tables() + ") AND c.relrowsecurity";
  return "SELECT s.version, " + std::to_string(plan_.tables.size()) + " = (SELECT count(*) " +
         ours + " AND c.relforcerowsecurity), EXISTS (SELECT 1 " + ours + ") FROM " +
         table(plan_.version_table) + " s";
}

std::optional<std::string> SchemaWork::after_version(const pg_result* result) {
  const std::string_view version = text(result, 0);
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), state_.version);
  if (error != std::errc() || end != version.data() + version.size() || state_.version < 1) {
    return refuse("its table " + plan_.version_table + " is not Sublet's");
  }
  if (state_.version > plan_.version) {
    return refuse("its version is " + std::to_string(state_.version) + ", this build knows " +
                  std::to_string(plan_.version));
  }
  // Nobody turns them on or off under hosts that run: one that does not say whose rows it wants
  // would read nothing, and take that for the truth.
  if (plan_.policies == true && !is_true(result, 1)) {
    return refuse(
        "its tables have no row level security, which the options ask for; end all hosts and apply "
        "what schema_sql() answers");
  }
  if (plan_.policies == false && is_true(result, 2)) {
    return refuse("its tables have row level security, which the options leave out");
  }
  state_.make_policies = false;
  if (state_.version == plan_.version) return ready();
  if (plan_.create) return migrate();
  return refuse("its version is " + std::to_string(state_.version) + ", this build needs " +
                std::to_string(plan_.version));
}

std::optional<std::string> SchemaWork::migrate() {
  step_ = locked_ ? Step::kMigrate : Step::kLock;
  // The look after the lock has to see what was made before it, whatever the database's default is.
  if (std::exchange(locked_, true)) return plan_.migration(state_) + "COMMIT;\n";
  return "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(hashtext('sublet " +
         plan_.schema + "'))";
}

// Ends the transaction that holds the lock, where there is one.
std::optional<std::string> SchemaWork::ready() {
  if (!locked_) return verify();
  step_ = Step::kMigrate;
  return "COMMIT";
}

std::optional<std::string> SchemaWork::refuse(std::string what) {
  failure_ = Error{ErrorCode::kFailedPrecondition,
                   "PostgreSQL's schema " + plan_.schema + ": " + std::move(what)};
  return std::nullopt;
}

std::string SchemaWork::table(const std::string& name) const {
  return "\"" + plan_.schema + "\"." + name;
}

std::string SchemaWork::tables() const {
  std::string list;
  for (const std::string& name : plan_.tables) list += (list.empty() ? "'" : ", '") + name + "'";
  return list;
}

}  // namespace sublet::adapters::postgres
