// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/postgres_key_value_store.h"
#include "support/postgres_server.h"

extern "C" {
struct pg_conn;
}

// What tests of the PostgreSQL store share.
namespace sublet {

// The server of this program, started when it is first asked for.
test::PostgresServer& the_server();

// Over a schema that is there for nobody else yet.
PostgresKeyValueOptions fresh_options(const std::string& user = "sublet");
// Fails the test where the store does not open.
std::shared_ptr<PostgresKeyValueStore> open_store(PostgresKeyValueOptions options);
// The error's code and message; fails the test where it opens.
Error open_error(PostgresKeyValueOptions options);

// As the superuser.
std::string superuser_sql(const std::string& sql);

// Another host in the middle of a commit: holds a tenant's lock until it ends.
class Holder {
 public:
  Holder(const PostgresKeyValueOptions& options, const std::string& tenant);
  ~Holder();
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

 private:
  pg_conn* const session_;
};

// The answer of one call, waited for. Fails the test where it comes twice.
template <typename T>
class Answer {
 public:
  KeyValueCallback<T> callback() {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }
  Result<T> get() { return future_.get(); }
  // False: it did not come within a minute.
  bool comes() const {
    return future_.wait_for(std::chrono::minutes(1)) == std::future_status::ready;
  }
  bool is_there() const {
    return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> future_ = promise_->get_future();
};

KeyValueWrite put_of(const std::string& key, const std::string& value,
                     KeyValueExpiry expiry = KeyValueExpiry::never());
// Adds one to the number that is there.
KeyValueWrite increment_of(const std::string& key);
// Of the tenant "t"; puts are in the space "s".
KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, const std::string& tenant = "t");

Result<KeyValueCommitted> commit(KeyValueStore& store, KeyValueCommit request);
Result<KeyValueCommitted> put(KeyValueStore& store, const std::string& key,
                              const std::string& value, const std::string& tenant = "t");
// The value; "(none)" where there is no entry, the error's message where it cannot be read.
std::string value_at(KeyValueStore& store, const std::string& key, const std::string& tenant = "t");
Result<KeyValueUsage> usage(KeyValueStore& store, const std::string& tenant = "t");

}  // namespace sublet
