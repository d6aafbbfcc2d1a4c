// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/sqlite_test_side.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

namespace sublet {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "sublet_kv_XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::clear() const {
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    std::filesystem::remove_all(entry.path());
  }
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(stream.flush().good());
}

std::shared_ptr<SqliteKeyValueStore> open_store(const SqliteKeyValueOptions& options) {
  auto opened = SqliteKeyValueStore::open(options);
  if (!opened.has_value()) FAIL("the store does not open: " << opened.error().message);
  return *std::move(opened);
}

KeyValueWrite put_of(const std::string& key, const std::string& value, KeyValueExpiry expiry) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"s", key};
  write.value = {KeyValueType::kBytes, value};
  write.expiry = expiry;
  return write;
}

KeyValueWrite remove_of(const std::string& key) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = {"s", key};
  return write;
}

KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, const std::string& tenant) {
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes = std::move(writes);
  return request;
}

Result<KeyValueCommitted> commit(KeyValueStore& store, KeyValueCommit request) {
  Answer<KeyValueCommitted> answer;
  store.commit(std::move(request), answer.callback());
  return answer.get();
}

Result<KeyValueCommitted> put(KeyValueStore& store, const std::string& key,
                              const std::string& value) {
  return commit(store, commit_of({put_of(key, value)}));
}

std::string value_at(KeyValueStore& store, const std::string& key, const std::string& tenant) {
  Answer<std::vector<std::optional<KeyValueEntry>>> answer;
  store.get({tenant, {{"s", key}}}, answer.callback());
  const auto entries = answer.get();
  if (!entries.has_value()) return entries.error().message;
  return entries->front().has_value() ? entries->front()->value.data : "(none)";
}

Result<KeyValueUsage> usage(KeyValueStore& store, const std::string& tenant) {
  Answer<KeyValueUsage> answer;
  store.usage(tenant, answer.callback());
  return answer.get();
}

Result<std::uint64_t> erase(KeyValueStore& store, const std::string& tenant) {
  Answer<std::uint64_t> answer;
  store.erase(tenant, std::nullopt, answer.callback());
  return answer.get();
}

BareSqlite::BareSqlite(const std::filesystem::path& file) {
  REQUIRE(sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          nullptr) == SQLITE_OK);
  sqlite3_busy_timeout(handle_, 10'000);
}

BareSqlite::~BareSqlite() { sqlite3_close(handle_); }

void BareSqlite::execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) FAIL(sql << ": " << sqlite3_errmsg(handle_));
}

std::string BareSqlite::text(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  const int stepped = sqlite3_step(statement);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  std::string found = text == nullptr ? std::string() : std::string(text);
  sqlite3_finalize(statement);
  if (stepped != SQLITE_ROW) FAIL(sql << ": " << sqlite3_errmsg(handle_));
  return found;
}

std::int64_t BareSqlite::integer(const std::string& sql) { return std::stoll(text(sql)); }

}  // namespace sublet
