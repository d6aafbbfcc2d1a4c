// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/postgres_key_value_store.h"

#include <exception>
#include <utility>

#include "adapters/postgres/commit_call.h"
#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/engine.h"
#include "adapters/postgres/host_calls.h"
#include "adapters/postgres/key_value_tables.h"
#include "adapters/postgres/read_calls.h"
#include "adapters/postgres/schema.h"

namespace sublet {
inline namespace v1 {
namespace postgres = adapters::postgres;

class PostgresKeyValueStore::Impl {
 public:
  Impl(std::shared_ptr<postgres::Engine> engine, const PostgresKeyValueOptions& options)
      : engine_(std::move(engine)), options_(options) {}
  ~Impl() { engine_->close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Checks what was asked for, makes the call of it, and hands it over.
  template <typename Made, typename Answer, typename... Arguments>
  void submit(Result<void> checked, KeyValueCallback<Answer>& done,
              Arguments&&... arguments) noexcept {
    if (!checked) return postgres::deliver(done, std::move(checked).error());
    std::unique_ptr<Made> call;
    try {
      call = std::make_unique<Made>(std::forward<Arguments>(arguments)...);
    } catch (const std::exception&) {
      return postgres::deliver(done, Error{ErrorCode::kResourceExhausted, "out of memory"});
    }
    call->done = std::move(done);
    engine_->submit(std::move(call));
  }

  const PostgresKeyValueOptions& options() const noexcept { return options_; }

 private:
  const std::shared_ptr<postgres::Engine> engine_;
  const PostgresKeyValueOptions& options_;  // the engine keeps them
};

PostgresKeyValueStore::PostgresKeyValueStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PostgresKeyValueStore::~PostgresKeyValueStore() = default;

Result<std::shared_ptr<PostgresKeyValueStore>> PostgresKeyValueStore::open(
    PostgresKeyValueOptions options) {
  try {
    const postgres::PoolOptions pool = postgres::pool_options(options);
    if (Result<void> checked = postgres::check_options(pool); !checked) return checked.error();
    auto settings = postgres::ConnectSettings::make(options.connection, options.connect_timeout);
    if (!settings) return settings.error();
    auto tables = std::make_unique<postgres::KeyValueTables>(std::move(options));
    const PostgresKeyValueOptions& kept = tables->options();
    auto engine = std::make_shared<postgres::Engine>(pool, *std::move(settings), std::move(tables));
    auto impl = std::make_unique<Impl>(engine, kept);
    if (Result<void> opened = engine->open(); !opened) return opened.error();
    return std::shared_ptr<PostgresKeyValueStore>(new PostgresKeyValueStore(std::move(impl)));
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

Result<std::string> PostgresKeyValueStore::schema_sql(const PostgresKeyValueOptions& options) {
  try {
    const Result<void> checked = postgres::check_options(postgres::pool_options(options));
    if (!checked) return checked.error();
    const postgres::SchemaState nothing{false, 0, options.row_level_security};
    return "BEGIN;\n" + postgres::migration_sql(options.schema, nothing) + "COMMIT;\n";
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

void PostgresKeyValueStore::get(
    KeyValueGet request,
    KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept {
  impl_->submit<postgres::GetCall>(validate(request), done, impl_->options(), std::move(request));
}

void PostgresKeyValueStore::list(KeyValueList request,
                                 KeyValueCallback<KeyValuePage> done) noexcept {
  impl_->submit<postgres::ListCall>(validate(request), done, impl_->options(), std::move(request));
}

void PostgresKeyValueStore::commit(KeyValueCommit request,
                                   KeyValueCallback<KeyValueCommitted> done) noexcept {
  impl_->submit<postgres::CommitCall>(validate(request), done, impl_->options(),
                                      std::move(request));
}

void PostgresKeyValueStore::usage(std::string tenant,
                                  KeyValueCallback<KeyValueUsage> done) noexcept {
  impl_->submit<postgres::UsageCall>(validate_key_value_name("tenant", tenant), done,
                                     impl_->options(), std::move(tenant));
}

void PostgresKeyValueStore::spaces(
    std::string tenant, KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept {
  impl_->submit<postgres::SpacesCall>(validate_key_value_name("tenant", tenant), done,
                                      impl_->options(), std::move(tenant));
}

void PostgresKeyValueStore::erase(std::string tenant, std::optional<std::string> space,
                                  KeyValueCallback<std::uint64_t> done) noexcept {
  Result<void> checked = validate_key_value_name("tenant", tenant);
  if (checked && space) checked = validate_key_value_name("space", *space);
  impl_->submit<postgres::EraseCall>(std::move(checked), done, impl_->options(), std::move(tenant),
                                     std::move(space));
}

void PostgresKeyValueStore::tenants(std::string after, std::uint32_t limit,
                                    KeyValueCallback<std::vector<std::string>> done) noexcept {
  Result<void> checked;
  if (limit < 1 || limit > kMaxPage) {
    checked = Error{ErrorCode::kInvalidArgument, "limit must be 1 to " + std::to_string(kMaxPage)};
  }
  impl_->submit<postgres::TenantsCall>(std::move(checked), done, impl_->options(), std::move(after),
                                       limit);
}

}  // namespace v1
}  // namespace sublet
