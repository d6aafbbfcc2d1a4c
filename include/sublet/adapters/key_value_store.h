// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// Milliseconds since 1970, as a store writes them.
using KeyValueTime = std::chrono::sys_time<std::chrono::milliseconds>;
// Where a store takes the time from; empty means the machine's clock. Called from any thread.
using KeyValueClock = std::function<KeyValueTime()>;

enum class KeyValueType : std::uint8_t {
  kJson,   // a JSON text
  kBytes,  // anything
};

struct KeyValueValue {
  KeyValueType type = KeyValueType::kJson;
  std::string data = {};

  friend bool operator==(const KeyValueValue&, const KeyValueValue&) = default;
};

// Names an entry of one tenant. A space is a namespace: what an extension has for itself, or what
// several share. Keys are bytes, compared as unsigned ones; any byte may occur, also 0.
struct KeyValueKey {
  std::string space = {};
  std::string key = {};

  friend auto operator<=>(const KeyValueKey&, const KeyValueKey&) = default;
};

struct KeyValueEntry {
  std::string key = {};
  KeyValueValue value = {};
  // Not 0. Each commit has its own, larger than those of all commits of this tenant before it;
  // every entry that it wrote carries it. An entry that was removed and written again has another.
  std::uint64_t version = 0;
  KeyValueTime updated_at{};
  // From this moment on the entry does not exist.
  std::optional<KeyValueTime> expires_at = {};
};

// What holds for an entry before a commit; else nothing of the commit is done.
struct KeyValueCondition {
  enum class Kind : std::uint8_t { kNone, kAbsent, kPresent, kVersion };
  Kind kind = Kind::kNone;
  std::uint64_t version = 0;  // kVersion; the entry is present and has it

  static KeyValueCondition absent() { return {Kind::kAbsent, 0}; }
  static KeyValueCondition present() { return {Kind::kPresent, 0}; }
  static KeyValueCondition is(std::uint64_t version) { return {Kind::kVersion, version}; }
  // Whether it holds for an entry of this version, 0 for an absent one.
  SUBLET_EXPORT bool holds(std::uint64_t version) const noexcept;
};

// How long an entry lives after it was written.
struct KeyValueExpiry {
  enum class Kind : std::uint8_t {
    kNever,
    kKeep,   // as the entry that is there; never where none is
    kAfter,  // `ttl` after the store's present time
  };
  Kind kind = Kind::kNever;
  std::chrono::milliseconds ttl{0};  // kAfter: 1 s to 10 years

  static KeyValueExpiry never() { return {}; }
  static KeyValueExpiry keep() { return {Kind::kKeep, {}}; }
  static KeyValueExpiry after(std::chrono::milliseconds ttl) { return {Kind::kAfter, ttl}; }
};

// Makes an entry's new value where the store commits it: what nobody can change in between. It gets
// the entry that is there (null: absent, or needs_current is false) and the version that the new
// one will have; an empty optional removes the entry; an Error refuses the whole commit. A store
// may call it several times for one commit, on any of its threads, and the last call counts. It is
// quick, waits for nothing, calls no store and throws nothing.
using KeyValueCompute = std::function<Result<std::optional<KeyValueValue>>(
    const KeyValueEntry* current, std::uint64_t version)>;

// One step of a commit.
struct KeyValueWrite {
  enum class Kind : std::uint8_t {
    kCheck,    // nothing but the condition
    kPut,      // `value`
    kRemove,   // does nothing where the entry is absent
    kCompute,  // what `compute` says
  };
  Kind kind = Kind::kCheck;
  KeyValueKey at = {};
  KeyValueCondition condition = {};
  KeyValueExpiry expiry = {};    // kPut, kCompute
  KeyValueValue value = {};      // kPut
  KeyValueCompute compute = {};  // kCompute
  bool needs_current = true;     // kCompute: whether `compute` wants the entry that is there
};

// Entries to read. The answer has one place for each key, in this order.
struct KeyValueGet {
  std::string tenant = {};
  std::vector<KeyValueKey> keys = {};  // 1 to kMaxKeysPerCall; one may occur twice
};

// A part of a space, in the order of keys.
struct KeyValueList {
  std::string tenant = {};
  std::string space = {};
  std::string prefix = {};  // empty: all keys
  // Goes on after this key: the last one of the page before. It need not exist (any more).
  std::optional<std::string> after = {};
  std::uint32_t limit = 100;              // entries, 1 to kMaxPage
  Bytes max_bytes = Bytes::mebibytes(1);  // of keys and values; the first entry comes in any case
  bool reverse = false;                   // from the last key to the first
  bool keys_only = false;                 // values are left out; they come as empty kBytes
};

struct KeyValuePage {
  std::vector<KeyValueEntry> entries = {};
  // Whether there may be more after the last entry.
  bool more = false;
};

// What a tenant has stored, in all its spaces. The bytes of an entry are those of its key and its
// value; entries that expired are not part of it.
struct KeyValueUsage {
  std::uint64_t keys = 0;
  Bytes bytes = {};

  friend bool operator==(const KeyValueUsage&, const KeyValueUsage&) = default;
};

// Checks and writes that take effect together or not at all.
struct KeyValueCommit {
  std::string tenant = {};
  std::vector<KeyValueWrite> writes = {};  // 1 to kMaxWrites, no key twice
  // What the tenant may have afterwards. A commit that leaves it with more than before, and with
  // more than this, is refused; others pass, so that a tenant above it can remove entries.
  std::uint64_t max_keys = UINT64_MAX;
  Bytes max_bytes{UINT64_MAX};
};

struct KeyValueCommitted {
  enum class Status : std::uint8_t {
    kCommitted,  // all of it is there, as durably as the store promises
    // Nothing was written:
    kConflict,   // a condition did not hold
    kRefused,    // a compute said no
    kOverKeys,   // KeyValueCommit::max_keys
    kOverBytes,  // KeyValueCommit::max_bytes
  };
  Status status = Status::kCommitted;
  // kCommitted: the version of every entry it wrote. kConflict: of the entry that stands in the
  // way, 0 for an absent one.
  std::uint64_t version = 0;
  // kConflict and kRefused: the place in KeyValueCommit::writes.
  std::size_t failed = 0;
  // kRefused: what the compute said.
  std::string message = {};
  // kCommitted: for each write, whether its entry was there before.
  std::vector<bool> existed = {};
  // The tenant's, after the commit or without it. May count entries that expired a moment ago; a
  // quota is never refused for them.
  KeyValueUsage usage = {};
};

// Takes the answer of one call.
template <typename T>
using KeyValueCallback = std::function<void(Result<T>)>;

// Keeps entries of all tenants: the adapter behind `kv` in JavaScript, and the host's own way in.
// Whoever writes one proves it by sublet/testing/key_value_conformance.h.
//
// A read that starts after a commit was answered sees it; all reads of one get(), and one page of
// list(), see one moment. Of commits that were answered with kCommitted nothing is lost when the
// process or machine ends, unless the store's options say otherwise; of no commit a part is there.
// An Error means: kInvalidArgument, it names the field and the bound below that was passed;
// kUnavailable, nothing was done, and a later call may succeed; kIndeterminate (commit and erase
// only), the store did not say whether it was done; kResourceExhausted, it is full, nothing was
// done.
//
// Ownership: shared; the last owner's destructor ends what is under way with kUnavailable.
// Thread safety: thread-safe. A callback runs exactly once, on a thread of the store or inside the
//   call; it is quick, waits for nothing and throws nothing, and may call the store again.
// Blocking: never; work that waits is done on threads of the store.
// Errors: in the Result that the callback gets; throws nothing.
class SUBLET_EXPORT KeyValueStore {
 public:
  // What every store takes; the host's policy may allow less.
  static constexpr std::size_t kMaxKeyBytes = 1024;  // and at least 1
  static constexpr std::size_t kMaxNameBytes = 256;  // of tenants and spaces, and at least 1
  static constexpr std::size_t kMaxValueBytes = 16u << 20;
  static constexpr std::size_t kMaxKeysPerCall = 1024;
  // A check in a space that begins with "sublet/" comes on top: an envelope adds its own.
  static constexpr std::size_t kMaxWrites = 256;
  static constexpr std::uint32_t kMaxPage = 1000;
  static constexpr std::chrono::milliseconds kMinTtl = std::chrono::seconds(1);
  static constexpr std::chrono::milliseconds kMaxTtl = std::chrono::hours(24 * 3653);

  virtual ~KeyValueStore();

  // Entries in the order of the keys; an empty optional for an absent one.
  virtual void get(KeyValueGet request,
                   KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept = 0;
  virtual void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept = 0;
  virtual void commit(KeyValueCommit request,
                      KeyValueCallback<KeyValueCommitted> done) noexcept = 0;

  // -- for the host: usage, export and deletion of a tenant's data

  // Of a tenant that has nothing: zeros.
  virtual void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept = 0;
  // By space; only spaces that have entries. May take long.
  virtual void spaces(std::string tenant,
                      KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept = 0;
  // Removes a space, which others may see go in parts, or at once all (nullopt); answers how many.
  virtual void erase(std::string tenant, std::optional<std::string> space,
                     KeyValueCallback<std::uint64_t> done) noexcept = 0;
  // Tenants that have entries, in byte order, after `after` (empty: from the first), at most
  // `limit` (1 to kMaxPage).
  virtual void tenants(std::string after, std::uint32_t limit,
                       KeyValueCallback<std::vector<std::string>> done) noexcept = 0;
};

// Check a request against the bounds above; every store calls them first.
SUBLET_EXPORT Result<void> validate(const KeyValueGet& request);
SUBLET_EXPORT Result<void> validate(const KeyValueList& request);
SUBLET_EXPORT Result<void> validate(const KeyValueCommit& request);
// `field` is named in the message.
SUBLET_EXPORT Result<void> validate_key_value_name(std::string_view field, std::string_view name);

}  // namespace v1
}  // namespace sublet
