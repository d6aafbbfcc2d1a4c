// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "testing/trial.h"

// Values that are made where the store commits them.
namespace sublet::testing::conformance {
namespace {

using Made = Result<std::optional<KeyValueValue>>;

// What a compute was told the last time; a store may ask it on any thread.
struct Told {
  std::mutex mutex;
  bool asked = false;
  std::optional<KeyValueEntry> current;
  std::uint64_t version = 0;
};

KeyValueCompute telling(const std::shared_ptr<Told>& told, std::string answer) {
  return [told, answer](const KeyValueEntry* current, std::uint64_t version) {
    const std::lock_guard<std::mutex> lock(told->mutex);
    told->asked = true;
    told->current.reset();
    if (current != nullptr) told->current = *current;
    told->version = version;
    return Made(json(answer));
  };
}

void it_gets_what_is_there(Trial& trial) {
  trial.write({put("a", bytes("one"), KeyValueExpiry::after(std::chrono::hours(1)))});
  const KeyValueEntry entry = trial.present("a");
  trial.advance(std::chrono::seconds(1));
  const auto told = std::make_shared<Told>();
  trial.write({compute("a", telling(told, "2"))});
  expect(told->current.has_value(), "a compute gets the entry that is there");
  expect_equal("its key", told->current->key, entry.key);
  expect_equal("its value", told->current->value, entry.value);
  expect_equal("its version", told->current->version, entry.version);
  expect_equal("its update time", told->current->updated_at, entry.updated_at);
  expect_equal("its end", told->current->expires_at, entry.expires_at);
  trial.expect_value("a", "2");
  expect_equal("the new update time", trial.present("a").updated_at, trial.now());
}

void it_gets_null_where_nothing_is(Trial& trial) {
  const auto told = std::make_shared<Told>();
  trial.write({compute("a", telling(told, "1"))});
  expect(told->asked, "a compute is asked where nothing is");
  expect(!told->current.has_value(), "it gets null where nothing is");
  trial.write({remove("a")});
  trial.write({compute("a", telling(told, "2"))});
  expect(!told->current.has_value(), "it gets null after a remove");
  trial.expect_value("a", "2");
}

void it_gets_null_where_it_wants_nothing(Trial& trial) {
  trial.write({put("a", "1")});
  const auto told = std::make_shared<Told>();
  KeyValueWrite write = compute("a", telling(told, "2"));
  write.needs_current = false;
  trial.write({std::move(write)});
  expect(told->asked, "a compute is asked that does not want the entry");
  expect(!told->current.has_value(), "it gets null, though an entry is there");
  trial.expect_value("a", "2");
}

void it_is_told_the_version(Trial& trial) {
  const auto told = std::make_shared<Told>();
  const auto other = std::make_shared<Told>();
  const std::uint64_t version =
      trial.write({compute("a", telling(told, "1")), compute("b", telling(other, "1"))});
  expect_equal("the version that a compute was told", told->version, version);
  expect_equal("the version that another one was told", other->version, version);
  const std::uint64_t second = trial.write({compute("a", telling(told, "2"))});
  expect_equal("the version that it was told later", told->version, second);
  expect_equal("the entry's version", trial.present("a").version, second);
}

void it_removes(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1")});
  const auto nothing = [](const KeyValueEntry*, std::uint64_t) { return Made(std::nullopt); };
  const KeyValueCommitted committed = trial.expect_status(
      Status::kCommitted, commit_of({compute("a", nothing), compute("absent", nothing)}));
  expect_equal("what was there before", committed.existed, std::vector<bool>{true, false});
  trial.expect_absent("a");
  trial.expect_absent("absent");
  expect_equal("the usage", trial.usage(), KeyValueUsage{1, {trial.size(1, 1)}});
  expect_equal("the usage that the commit answers", committed.usage, trial.usage());
}

void it_refuses_the_commit(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1")});
  const auto refuses = [](const KeyValueEntry*, std::uint64_t) {
    return Made(Error{ErrorCode::kInvalidArgument, "not today"});
  };
  const KeyValueCommitted answer = trial.expect_status(
      Status::kRefused, commit_of({put("a", "2"), put("c", "2"), compute("b", refuses)}));
  expect_equal("the place that refused", std::uint64_t{answer.failed}, std::uint64_t{2});
  expect(answer.message.find("not today") != std::string::npos,
         "the message is what the compute said; found " + show(answer.message));
  trial.expect_value("a", "1");
  trial.expect_value("b", "1");
  trial.expect_absent("c");
  expect_equal("the usage", trial.usage(), KeyValueUsage{2, {2 * trial.size(1, 1)}});
}

void it_may_throw(Trial& trial) {
  trial.write({put("a", "1")});
  const auto throws = [](const KeyValueEntry*, std::uint64_t) -> Made {
    throw std::runtime_error("a fault of the compute");
  };
  trial.expect_status(Status::kRefused, commit_of({put("b", "2"), compute("a", throws)}));
  trial.expect_value("a", "1");
  trial.expect_absent("b");
  trial.write({put("a", "3")});
  trial.expect_value("a", "3");
}

void it_makes_too_much(Trial& trial) {
  const auto huge = [](const KeyValueEntry*, std::uint64_t) {
    return Made(bytes(std::string(KeyValueStore::kMaxValueBytes + 1, 'x')));
  };
  const KeyValueCommitted answer =
      trial.expect_status(Status::kRefused, commit_of({put("b", "2"), compute("a", huge)}));
  expect_equal("the place that refused", std::uint64_t{answer.failed}, std::uint64_t{1});
  expect(answer.message.find("value") != std::string::npos,
         "the message names the value; found " + show(answer.message));
  trial.expect_absent("a");
  trial.expect_absent("b");
}

void it_sees_nothing_of_its_own_commit(Trial& trial) {
  trial.write({put("a", "1")});
  const auto told = std::make_shared<Told>();
  trial.write({put("a", "2"), compute("b", telling(told, "3"))});
  expect(!told->current.has_value(), "a compute of another key gets its own entry");
  trial.expect_value("a", "2");
  trial.expect_value("b", "3");
}

void it_changes_the_type(Trial& trial) {
  trial.write({put("a", "1")});
  trial.write({compute("a", [](const KeyValueEntry* current, std::uint64_t) {
    return Made(bytes(current->value.data + std::string(1, '\0')));
  })});
  expect_equal("the value", trial.present("a").value, bytes(std::string("1\0", 2)));
}

}  // namespace

std::vector<Case> compute_cases() {
  return {
      {"computes: one gets the entry that is there", it_gets_what_is_there},
      {"computes: one gets null where nothing is", it_gets_null_where_nothing_is},
      {"computes: one that does not want the entry gets null", it_gets_null_where_it_wants_nothing},
      {"computes: one is told the version", it_is_told_the_version},
      {"computes: one may remove", it_removes},
      {"computes: one may refuse the commit", it_refuses_the_commit},
      {"computes: what one throws refuses the commit", it_may_throw},
      {"computes: one that makes too much refuses the commit", it_makes_too_much},
      {"computes: one sees nothing of its own commit", it_sees_nothing_of_its_own_commit},
      {"computes: one may change the type", it_changes_the_type},
  };
}

}  // namespace sublet::testing::conformance
