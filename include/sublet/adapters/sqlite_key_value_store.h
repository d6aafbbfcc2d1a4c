// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "sublet/adapters/key_value_store.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

struct SqliteKeyValueOptions {
  // The database file; made where there is none. Its folder must exist and be on a local disk.
  std::filesystem::path path = {};
  // What a commit that was answered survives.
  enum class Durability : std::uint8_t {
    kMachine,  // the end of the machine: synchronous=FULL, the disk is waited for
    kProcess,  // the end of this process; a machine that stops may lose the last commits
  };
  Durability durability = Durability::kMachine;
  // Connections that read, each with a thread. 1 to 64.
  std::uint32_t readers = 2;
  // Calls that may wait; one more is kResourceExhausted. 1 to 1,000,000.
  std::uint32_t max_queue = 65'536;
  // Commits that are written together at most. 1 to 10,000.
  std::uint32_t max_group = 512;
  // How long to wait for a database that another process has locked: kUnavailable then. 0 to 60 s.
  std::chrono::milliseconds busy_timeout{2000};
  // Of the file and its log; reaching it is kResourceExhausted. 0: none, else at least 1 MiB.
  Bytes max_file = {};
  // How often entries that expired are taken out of the file. 1 s to 24 h.
  std::chrono::milliseconds purge_interval{60'000};
  KeyValueClock clock = {};
};

// Keeps entries in one SQLite file (WAL mode): the embedded default. Commits of the same moment are
// written together, so that they share one wait for the disk. Several processes may have the file
// open.
//
// What is large is erased in parts, between which commits go on, and the answer comes after the
// last one: all of a tenant is gone for everybody with the first part, entries of one space part by
// part. What was written after an erase began stays. Where the store ends before that, or a part
// goes wrong, the erase is kIndeterminate; the rest of a tenant goes when entries that expired do.
//
// Ownership: shared; the last owner's destructor waits for what is being written.
// Thread safety: thread-safe.
// Blocking: open() reads the file and may migrate it; backup() waits; nothing else.
// Errors: as KeyValueStore; throws nothing.
class SUBLET_EXPORT SqliteKeyValueStore final : public KeyValueStore {
 public:
  // kInvalidArgument: an option out of its range. kFailedPrecondition: the file is no database of
  // Sublet's, is damaged (it is left as it is), or is of a newer schema. kUnavailable: it is
  // locked, or cannot be opened.
  static Result<std::shared_ptr<SqliteKeyValueStore>> open(SqliteKeyValueOptions options);
  ~SqliteKeyValueStore() override;

  // Copies the database, as of one moment, to a file that must not exist, while calls go on. Waits;
  // not from a callback of Sublet's.
  Result<void> backup(const std::filesystem::path& to);

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override;
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override;
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override;
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override;
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override;
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override;

 private:
  class Impl;
  explicit SqliteKeyValueStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
