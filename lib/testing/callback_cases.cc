// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>

#include "testing/trial.h"

// Each call is answered once, and an answer may lead to the next call.
namespace sublet::testing::conformance {
namespace {

// Told by a callback that it has come, and with what.
Pending<std::uint64_t> chain_end(const char* name) {
  return std::make_shared<Call<std::uint64_t>>(name,
                                               std::make_shared<std::atomic<std::uint64_t>>(0));
}

template <typename T>
void forward_error(const Pending<std::uint64_t>& done, Result<T>& result) {
  if (!result) done->answer(std::move(result).error());
}

void calls_from_commits(Trial& trial) {
  constexpr std::uint64_t kCalls = 30;
  const auto done = chain_end("a chain of commits");
  // Refers to itself, and lives until the chain has ended.
  const auto next = std::make_shared<std::function<void(std::uint64_t)>>();
  KeyValueStore& store = trial.store();
  *next = [&store, done, weak = std::weak_ptr(next)](std::uint64_t i) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (i == kCalls) return done->answer(i);
    store.commit(commit_of({put("k" + std::to_string(i), "1")}),
                 [self, done, i](Result<KeyValueCommitted> result) {
                   forward_error(done, result);
                   if (result) (*self)(i + 1);
                 });
  };
  (*next)(0);
  expect_equal("the length of the chain", trial.value(done), kCalls);
  expect_equal("the entries", trial.usage().keys, kCalls);
}

void calls_from_every_answer(Trial& trial) {
  const auto done = chain_end("a chain of different calls");
  KeyValueStore& store = trial.store();
  const auto tenants = [done](Result<std::vector<std::string>> result) {
    forward_error(done, result);
    if (result) done->answer(std::uint64_t{result->size()});
  };
  const auto erase = [&store, done, tenants](Result<std::uint64_t> result) {
    forward_error(done, result);
    if (result) store.tenants("", 10, tenants);
  };
  const auto spaces = [&store, done, erase](Result<std::map<std::string, KeyValueUsage>> result) {
    forward_error(done, result);
    if (result) store.erase("other", std::nullopt, erase);
  };
  const auto usage = [&store, done, spaces](Result<KeyValueUsage> result) {
    forward_error(done, result);
    if (result) store.spaces(kTenant, spaces);
  };
  const auto list = [&store, done, usage](Result<KeyValuePage> result) {
    forward_error(done, result);
    if (result) store.usage(kTenant, usage);
  };
  const auto get = [&store, done, list, request = trial.listing()](Result<Entries> result) {
    forward_error(done, result);
    if (result) store.list(request, list);
  };
  store.commit(commit_of({put("a", "1")}), [&store, done, get](Result<KeyValueCommitted> result) {
    forward_error(done, result);
    if (result) store.get({kTenant, {{kSpace, "a"}}}, get);
  });
  expect_equal("the tenants at the chain's end", trial.value(done), std::uint64_t{1});
}

void calls_from_refusals(Trial& trial) {
  const auto done = chain_end("a call from a refusal");
  KeyValueStore& store = trial.store();
  store.get({"", {}}, [&store, done](Result<Entries> result) {
    if (result) return done->answer(Error{ErrorCode::kInternal, "the request was not refused"});
    store.usage(kTenant, [done](Result<KeyValueUsage> usage) {
      forward_error(done, usage);
      if (usage) done->answer(usage->keys);
    });
  });
  expect_equal("the usage", trial.value(done), std::uint64_t{0});
}

void many_under_way(Trial& trial) {
  constexpr int kCalls = 300;
  std::vector<Pending<KeyValueCommitted>> commits;
  for (int i = 0; i < kCalls; ++i) {
    commits.push_back(trial.start_commit(commit_of({put(std::to_string(i), "1")})));
  }
  for (const auto& call : commits) {
    expect_equal("the status", trial.value(call).status, Status::kCommitted);
  }
  std::vector<Pending<Entries>> gets;
  for (int i = 0; i < kCalls; ++i) {
    gets.push_back(trial.start_get({kTenant, {{kSpace, std::to_string(i)}}}));
  }
  for (int i = 0; i < kCalls; ++i) {
    const Entries entries = trial.value(gets[static_cast<std::size_t>(i)]);
    expect(entries.size() == 1 && entries[0].has_value(), "each entry is there");
    expect_equal("the key", entries[0]->key, std::to_string(i));
  }
}

void a_store_that_ends_answers(Trial& trial) {
  std::vector<Pending<KeyValueCommitted>> commits;
  std::vector<Pending<Entries>> gets;
  std::vector<Pending<KeyValuePage>> lists;
  std::vector<Pending<std::uint64_t>> erases;
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i);
    commits.push_back(trial.start_commit(commit_of({put(number, "1")})));
    gets.push_back(trial.start_get({kTenant, {{kSpace, number}}}));
    lists.push_back(trial.start_list(trial.listing()));
    trial.start_usage(kTenant);
    trial.start_spaces(kTenant);
    trial.start_tenants({}, 10);
    erases.push_back(trial.start_erase("other", std::nullopt));
  }
  trial.close();
  const auto check = [&](const auto& calls, bool writes) {
    for (const auto& call : calls) {
      const auto result = trial.wait(call);
      if (result.has_value()) continue;
      const ErrorCode code = result.error().code;
      if (code == ErrorCode::kUnavailable) continue;
      if (writes && code == ErrorCode::kIndeterminate) continue;
      fail(call->name() + " as the store ends: expected an answer or kUnavailable, found " +
           show(result.error()));
    }
  };
  check(commits, true);
  check(erases, true);
  check(gets, false);
  check(lists, false);
}

void a_store_that_nobody_called(Trial& trial) { trial.close(); }

}  // namespace

std::vector<Case> callback_cases() {
  return {
      {"callbacks: a commit from the answer of another", calls_from_commits},
      {"callbacks: every call from the answer of another", calls_from_every_answer},
      {"callbacks: a call from a refusal", calls_from_refusals},
      {"callbacks: many under way", many_under_way},
      {"callbacks: a store that ends answers what is under way", a_store_that_ends_answers},
      {"callbacks: a store that nobody called ends", a_store_that_nobody_called},
  };
}

}  // namespace sublet::testing::conformance
