// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

#include <utility>

namespace sublet::testing::conformance {
KeyValueValue json(std::string text) { return {KeyValueType::kJson, std::move(text)}; }

KeyValueValue bytes(std::string data) { return {KeyValueType::kBytes, std::move(data)}; }

KeyValueWrite put(std::string key, std::string text, KeyValueExpiry expiry) {
  return put(std::move(key), json(std::move(text)), expiry);
}

KeyValueWrite put(std::string key, KeyValueValue value, KeyValueExpiry expiry) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {kSpace, std::move(key)};
  write.value = std::move(value);
  write.expiry = expiry;
  return write;
}

KeyValueWrite remove(std::string key) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = {kSpace, std::move(key)};
  return write;
}

KeyValueWrite check(std::string key, KeyValueCondition condition) {
  KeyValueWrite write;
  write.at = {kSpace, std::move(key)};
  write.condition = condition;
  return write;
}

KeyValueWrite compute(std::string key, KeyValueCompute compute, KeyValueExpiry expiry) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {kSpace, std::move(key)};
  write.compute = std::move(compute);
  write.expiry = expiry;
  return write;
}

KeyValueWrite in_space(std::string space, KeyValueWrite write) {
  write.at.space = std::move(space);
  return write;
}

KeyValueWrite provided(KeyValueCondition condition, KeyValueWrite write) {
  write.condition = condition;
  return write;
}

KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, std::string tenant) {
  KeyValueCommit commit;
  commit.tenant = std::move(tenant);
  commit.writes = std::move(writes);
  return commit;
}

std::vector<std::string> keys_of(const KeyValuePage& page) {
  std::vector<std::string> keys;
  for (const KeyValueEntry& entry : page.entries) keys.push_back(entry.key);
  return keys;
}

Trial::Trial(KeyValueSubject subject, Progress progress)
    : Calls(subject.patience, std::move(progress)), subject_(std::move(subject)) {}

void Trial::open() {
  store_ = subject_.open(clock());
  note_progress();
  expect(store_ != nullptr, "open() makes a store");
}

void Trial::reopen() {
  close();
  store_ = subject_.reopen(clock());
  note_progress();
  expect(store_ != nullptr, "reopen() makes a store");
}

void Trial::close() {
  store_.reset();
  note_progress();
  expect_answered();
}

std::unique_ptr<Trial> Trial::open_another() {
  auto other = std::make_unique<Trial>(subject_, progress());
  share_clock(*other);
  other->store_ = subject_.open_another(clock());
  note_progress();
  expect(other->store_ != nullptr, "open_another() makes a store");
  return other;
}

std::shared_ptr<KeyValueStore> Trial::take_store() { return std::exchange(store_, nullptr); }

Pending<Entries> Trial::start_get(KeyValueGet request) {
  auto call = record<Entries>("get");
  store_->get(std::move(request), callback(call));
  return call;
}

Pending<KeyValuePage> Trial::start_list(KeyValueList request) {
  auto call = record<KeyValuePage>("list");
  store_->list(std::move(request), callback(call));
  return call;
}

Pending<KeyValueCommitted> Trial::start_commit(KeyValueCommit request) {
  auto call = record<KeyValueCommitted>("commit");
  store_->commit(std::move(request), callback(call));
  return call;
}

Pending<KeyValueUsage> Trial::start_usage(std::string tenant) {
  auto call = record<KeyValueUsage>("usage");
  store_->usage(std::move(tenant), callback(call));
  return call;
}

Pending<std::map<std::string, KeyValueUsage>> Trial::start_spaces(std::string tenant) {
  auto call = record<std::map<std::string, KeyValueUsage>>("spaces");
  store_->spaces(std::move(tenant), callback(call));
  return call;
}

Pending<std::uint64_t> Trial::start_erase(std::string tenant, std::optional<std::string> space) {
  auto call = record<std::uint64_t>("erase");
  store_->erase(std::move(tenant), std::move(space), callback(call));
  return call;
}

Pending<std::vector<std::string>> Trial::start_tenants(std::string after, std::uint32_t limit) {
  auto call = record<std::vector<std::string>>("tenants");
  store_->tenants(std::move(after), limit, callback(call));
  return call;
}

Entries Trial::get(std::vector<std::string> keys) {
  KeyValueGet request{kTenant, {}};
  for (std::string& key : keys) request.keys.push_back({kSpace, std::move(key)});
  const std::size_t count = request.keys.size();
  Entries entries = value(start_get(std::move(request)));
  expect_equal("the number of places in the answer of get", std::uint64_t{entries.size()},
               std::uint64_t{count});
  return entries;
}

std::optional<KeyValueEntry> Trial::get_one(std::string key, std::string space,
                                            std::string tenant) {
  KeyValueGet request{std::move(tenant), {{std::move(space), std::move(key)}}};
  Entries entries = value(start_get(std::move(request)));
  expect(entries.size() == 1, "a get of one key answers one place");
  return std::move(entries[0]);
}

KeyValueEntry Trial::present(std::string key) {
  std::optional<KeyValueEntry> entry = get_one(key);
  if (!entry.has_value()) fail("expected an entry of key " + show(key) + ", found nothing");
  expect_equal("the key of the entry", entry->key, key);
  return *std::move(entry);
}

void Trial::expect_absent(std::string key) {
  const std::optional<KeyValueEntry> entry = get_one(key);
  if (entry.has_value()) {
    fail("expected no entry of key " + show(key) + ", found " + show(*entry));
  }
}

void Trial::expect_value(std::string key, std::string_view text) {
  expect_equal("the value of key " + show(key), present(key).value, json(std::string(text)));
}

KeyValueList Trial::listing(std::string prefix) const {
  KeyValueList request;
  request.tenant = kTenant;
  request.space = kSpace;
  request.prefix = std::move(prefix);
  request.limit = KeyValueStore::kMaxPage;
  return request;
}

std::uint64_t Trial::write(std::vector<KeyValueWrite> writes, std::string tenant) {
  return expect_status(Status::kCommitted, commit_of(std::move(writes), std::move(tenant))).version;
}

KeyValueCommitted Trial::expect_status(Status status, KeyValueCommit request) {
  KeyValueCommitted committed = commit(std::move(request));
  if (committed.status != status) {
    fail("the status of a commit: expected " + show(status) + ", found " + show(committed.status) +
         " " + show(committed.message));
  }
  return committed;
}

}  // namespace sublet::testing::conformance
