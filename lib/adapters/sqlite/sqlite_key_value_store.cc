// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/sqlite_key_value_store.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "adapters/sqlite/calls.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/failure.h"
#include "adapters/sqlite/store.h"
#include "base/own_thread.h"

namespace sublet {
inline namespace v1 {

namespace sqlite = adapters::sqlite;

class SqliteKeyValueStore::Impl {
 public:
  explicit Impl(std::shared_ptr<sqlite::Store> store) : store_(std::move(store)) {}
  ~Impl() { store_->close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  sqlite::Store& store() { return *store_; }

 private:
  const std::shared_ptr<sqlite::Store> store_;
};

namespace {

Result<void> check_range(const char* field, std::uint64_t value, std::uint64_t least,
                         std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return Error{ErrorCode::kInvalidArgument, std::string(field) + " is " + std::to_string(value) +
                                                "; it must be " + std::to_string(least) + " to " +
                                                std::to_string(most)};
}

std::uint64_t count(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());  // negative ones become too large
}

Result<void> check(const SqliteKeyValueOptions& options) {
  if (auto in = check_range("readers", options.readers, 1, 64); !in) return in;
  if (auto in = check_range("max_queue", options.max_queue, 1, 1'000'000); !in) return in;
  if (auto in = check_range("max_group", options.max_group, 1, 10'000); !in) return in;
  if (auto in = check_range("busy_timeout in ms", count(options.busy_timeout), 0, 60'000); !in) {
    return in;
  }
  if (auto in =
          check_range("purge_interval in ms", count(options.purge_interval), 1000, 86'400'000);
      !in) {
    return in;
  }
  if (options.max_file.count == 0) return {};
  return check_range("max_file", options.max_file.count, 1u << 20, INT64_MAX);
}

Result<void> validate(const sqlite::EraseRequest& request) {
  if (auto tenant = validate_key_value_name("tenant", request.tenant); !tenant) return tenant;
  if (!request.space.has_value()) return {};
  return validate_key_value_name("space", *request.space);
}

Result<void> validate(const sqlite::UsageRequest& request) {
  return validate_key_value_name("tenant", request.tenant);
}

Result<void> validate(const sqlite::SpacesRequest& request) {
  return validate_key_value_name("tenant", request.tenant);
}

Result<void> validate(const sqlite::TenantsRequest& request) {
  return check_range("limit", request.limit, 1, KeyValueStore::kMaxPage);
}

// Checks the request; hands it on, or answers at once.
template <typename Call, typename Calls>
void submit(sqlite::Store& store, Call call) noexcept {
  Calls calls(std::move(call));
  try {
    if (Result<void> valid = validate(std::get<Call>(calls).request); !valid) {
      return sqlite::deliver_error(calls, valid.error());
    }
  } catch (...) {
    return sqlite::deliver_error(calls, sqlite::error_of(std::current_exception()));
  }
  store.push(std::move(calls));
}

}  // namespace

Result<std::shared_ptr<SqliteKeyValueStore>> SqliteKeyValueStore::open(
    SqliteKeyValueOptions options) {
  try {
    if (Result<void> checked = check(options); !checked) return checked.error();
    options.path = sqlite::plain_path(options.path);
    auto impl = std::make_unique<Impl>(sqlite::Store::open(options));
    return std::shared_ptr<SqliteKeyValueStore>(new SqliteKeyValueStore(std::move(impl)));
  } catch (...) {
    return sqlite::error_of(std::current_exception());
  }
}

SqliteKeyValueStore::SqliteKeyValueStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteKeyValueStore::~SqliteKeyValueStore() = default;

Result<void> SqliteKeyValueStore::backup(const std::filesystem::path& to) {
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition, "backup() waits; not from a callback"};
  }
  try {
    impl_->store().back_up(to);
    return {};
  } catch (...) {
    return sqlite::error_of(std::current_exception());
  }
}

void SqliteKeyValueStore::get(
    KeyValueGet request,
    KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept {
  submit<sqlite::GetCall, sqlite::ReadCall>(impl_->store(),
                                            {std::move(request), std::move(done), {}});
}

void SqliteKeyValueStore::list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept {
  submit<sqlite::ListCall, sqlite::ReadCall>(impl_->store(),
                                             {std::move(request), std::move(done), {}});
}

void SqliteKeyValueStore::commit(KeyValueCommit request,
                                 KeyValueCallback<KeyValueCommitted> done) noexcept {
  submit<sqlite::CommitCall, sqlite::WriteCall>(impl_->store(),
                                                {std::move(request), std::move(done), {}});
}

void SqliteKeyValueStore::usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept {
  submit<sqlite::UsageCall, sqlite::ReadCall>(impl_->store(),
                                              {{std::move(tenant)}, std::move(done), {}});
}

void SqliteKeyValueStore::spaces(
    std::string tenant, KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept {
  submit<sqlite::SpacesCall, sqlite::ReadCall>(impl_->store(),
                                               {{std::move(tenant)}, std::move(done), {}});
}

void SqliteKeyValueStore::erase(std::string tenant, std::optional<std::string> space,
                                KeyValueCallback<std::uint64_t> done) noexcept {
  submit<sqlite::EraseCall, sqlite::WriteCall>(
      impl_->store(), {{std::move(tenant), std::move(space)}, std::move(done), {}});
}

void SqliteKeyValueStore::tenants(std::string after, std::uint32_t limit,
                                  KeyValueCallback<std::vector<std::string>> done) noexcept {
  submit<sqlite::TenantsCall, sqlite::ReadCall>(impl_->store(),
                                                {{std::move(after), limit}, std::move(done), {}});
}

}  // namespace v1
}  // namespace sublet
