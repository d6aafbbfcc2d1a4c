// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/sqlite_key_value_store.h"

// What tests of the SQLite store share.
namespace sublet {

// A new folder, gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  void clear() const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);

// Fails the test where the store does not open.
std::shared_ptr<SqliteKeyValueStore> open_store(const SqliteKeyValueOptions& options);

// The answer of one call, waited for.
template <typename T>
class Answer {
 public:
  KeyValueCallback<T> callback() {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }
  Result<T> get() { return future_.get(); }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> future_ = promise_->get_future();
};

KeyValueWrite put_of(const std::string& key, const std::string& value,
                     KeyValueExpiry expiry = KeyValueExpiry::never());
KeyValueWrite remove_of(const std::string& key);
// Of the tenant "t"; puts are in the space "s".
KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, const std::string& tenant = "t");

Result<KeyValueCommitted> commit(KeyValueStore& store, KeyValueCommit request);
Result<KeyValueCommitted> put(KeyValueStore& store, const std::string& key,
                              const std::string& value);
// The value; "(none)" where there is no entry, the error's message where it cannot be read.
std::string value_at(KeyValueStore& store, const std::string& key, const std::string& tenant = "t");
// As KeyValueStore's.
Result<KeyValueUsage> usage(KeyValueStore& store, const std::string& tenant = "t");
Result<std::uint64_t> erase(KeyValueStore& store, const std::string& tenant = "t");

// A bare connection beside the store's.
class BareSqlite {
 public:
  explicit BareSqlite(const std::filesystem::path& file);
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  // Fails the test where it fails.
  void execute(const std::string& sql);
  std::int64_t integer(const std::string& sql);
  std::string text(const std::string& sql);

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace sublet
