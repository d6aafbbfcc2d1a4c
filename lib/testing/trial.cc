// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

#include <exception>
#include <thread>
#include <utility>

namespace sublet::testing::conformance {
namespace {

// Somewhere in 2026.
constexpr std::int64_t kStart = 1'780'000'000'123;

}  // namespace

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
    : subject_(std::move(subject)),
      progress_(std::move(progress)),
      time_(std::make_shared<std::atomic<std::int64_t>>(kStart)) {}

KeyValueClock Trial::clock() const {
  return [time = time_] { return KeyValueTime(std::chrono::milliseconds(time->load())); };
}

KeyValueTime Trial::now() const { return clock()(); }

void Trial::advance(std::chrono::milliseconds time) { time_->fetch_add(time.count()); }

void Trial::open() {
  store_ = subject_.open(clock());
  progress_->fetch_add(1);
  expect(store_ != nullptr, "open() makes a store");
}

void Trial::reopen() {
  close();
  store_ = subject_.reopen(clock());
  progress_->fetch_add(1);
  expect(store_ != nullptr, "reopen() makes a store");
}

void Trial::close() {
  store_.reset();
  progress_->fetch_add(1);
  std::vector<std::shared_ptr<CallRecord>> calls;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& call : calls) {
    if (!call->wait(subject_.patience)) {
      fail(call->name() + ": expected an answer when the store ends, found none");
    }
  }
  for (const auto& call : calls) {
    expect_equal(call->name() + ": the number of answers", call->answers(), std::uint64_t{1});
  }
}

std::unique_ptr<Trial> Trial::open_another() {
  auto other = std::make_unique<Trial>(subject_, progress_);
  other->time_ = time_;
  other->store_ = subject_.open_another(clock());
  progress_->fetch_add(1);
  expect(other->store_ != nullptr, "open_another() makes a store");
  return other;
}

std::shared_ptr<KeyValueStore> Trial::take_store() { return std::exchange(store_, nullptr); }

template <typename T>
Pending<T> Trial::record(std::string name) {
  auto call = std::make_shared<Call<T>>(std::move(name), progress_);
  const std::lock_guard<std::mutex> lock(mutex_);
  calls_.push_back(call);
  return call;
}

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

void Trial::give_up(const std::string& call) const {
  fail(call + ": expected an answer within " + std::to_string(subject_.patience.count()) +
       " ms, found none");
}

void Trial::expect_names(const Error& error, std::string_view field) {
  if (error.code != ErrorCode::kInvalidArgument) {
    fail("expected kInvalidArgument about " + std::string(field) + ", found " + show(error));
  }
  if (error.message.find(field) == std::string::npos) {
    fail("expected a message that names " + std::string(field) + ", found " + show(error));
  }
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

void Trial::in_parallel(int threads, const std::function<void(int)>& body) {
  std::vector<std::optional<Failure>> failures(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&body, i, &failure = failures[static_cast<std::size_t>(i)]] {
      try {
        body(i);
      } catch (const Failure& thrown) {
        failure = thrown;
      } catch (const std::exception& thrown) {
        failure = Failure{thrown.what()};
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  for (std::optional<Failure>& failure : failures) {
    if (failure.has_value()) throw *std::move(failure);
  }
}

}  // namespace sublet::testing::conformance
