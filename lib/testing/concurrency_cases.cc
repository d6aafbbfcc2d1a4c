// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <set>
#include <string>

#include "testing/trial.h"

// Many at once.
namespace sublet::testing::conformance {
namespace {

using Made = Result<std::optional<KeyValueValue>>;
constexpr int kThreads = 4;

KeyValueCompute increment() {
  return [](const KeyValueEntry* current, std::uint64_t) {
    const int before = current == nullptr ? 0 : std::stoi(current->value.data);
    return Made(json(std::to_string(before + 1)));
  };
}

void every_increment_counts(Trial& trial) {
  constexpr int kEach = 20;
  std::mutex mutex;
  std::set<std::uint64_t> versions;
  trial.in_parallel(kThreads, [&](int) {
    // All of them under way before the first is waited for.
    std::vector<Pending<KeyValueCommitted>> calls;
    for (int i = 0; i < kEach; ++i) {
      calls.push_back(trial.start_commit(commit_of({compute("counter", increment())})));
    }
    for (const auto& call : calls) {
      const KeyValueCommitted committed = trial.value(call);
      expect_equal("the status of an increment", committed.status, Status::kCommitted);
      const std::lock_guard<std::mutex> lock(mutex);
      versions.insert(committed.version);
    }
  });
  trial.expect_value("counter", std::to_string(kThreads * kEach));
  expect_equal("the number of different versions", std::uint64_t{versions.size()},
               std::uint64_t{kThreads * kEach});
}

void loops_over_versions_converge(Trial& trial) {
  constexpr int kEach = 8;
  constexpr int kAttempts = 2000;
  trial.write({put("counter", "0")});
  trial.in_parallel(kThreads, [&](int) {
    int attempts = 0;
    for (int done = 0; done < kEach;) {
      expect(++attempts < kAttempts, "a loop over versions comes to an end");
      const KeyValueEntry entry = trial.present("counter");
      const std::string next = std::to_string(std::stoi(entry.value.data) + 1);
      const KeyValueCommitted answer = trial.commit(
          commit_of({provided(KeyValueCondition::is(entry.version), put("counter", next))}));
      if (answer.status == Status::kCommitted) {
        ++done;
      } else {
        expect_equal("the status of a loser", answer.status, Status::kConflict);
        expect(answer.version > entry.version, "what stands in the way is newer");
      }
    }
  });
  trial.expect_value("counter", std::to_string(kThreads * kEach));
}

// Commits that only one of may have been done.
void expect_one_winner(Trial& trial, const KeyValueCondition& condition) {
  constexpr int kEach = 8;
  std::atomic<int> winners{0};
  std::atomic<std::uint64_t> won{0};
  std::atomic<std::uint64_t> in_the_way{0};
  trial.in_parallel(kThreads, [&](int thread) {
    std::vector<Pending<KeyValueCommitted>> calls;
    for (int i = 0; i < kEach; ++i) {
      const std::string mine = std::to_string(thread * kEach + i);
      calls.push_back(trial.start_commit(
          commit_of({provided(condition, put("a", mine)), put("own" + mine, mine)})));
    }
    for (const auto& call : calls) {
      const KeyValueCommitted answer = trial.value(call);
      if (answer.status == Status::kCommitted) {
        ++winners;
        won = answer.version;
      } else {
        expect_equal("the status of a loser", answer.status, Status::kConflict);
        in_the_way = answer.version;
      }
    }
  });
  expect_equal("the number of winners", std::uint64_t(winners.load()), std::uint64_t{1});
  const KeyValueEntry entry = trial.present("a");
  expect_equal("the winner's version", entry.version, won.load());
  expect_equal("the version in a loser's way", in_the_way.load(), won.load());
  expect_equal("what the losers left behind", keys_of(trial.list(trial.listing("own"))),
               std::vector<std::string>{"own" + entry.value.data});
}

void one_wins_a_version(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "none")});
  expect_one_winner(trial, KeyValueCondition::is(version));
}

void one_makes_an_entry(Trial& trial) { expect_one_winner(trial, KeyValueCondition::absent()); }

void readers_see_one_moment(Trial& trial) {
  constexpr int kCommits = 40;
  trial.write({put("a", "0"), put("z", "0")});
  std::atomic<bool> writing{true};
  trial.in_parallel(3, [&](int thread) {
    if (thread == 0) {
      for (int i = 1; i <= kCommits; ++i) {
        const std::string text = std::to_string(i);
        trial.write({put("a", text), put("z", text)});
      }
      writing = false;
      return;
    }
    for (int i = 0; writing && i < 10 * kCommits; ++i) {
      Entries seen;
      if (thread == 1) {
        seen = trial.get({"z", "a"});
      } else {
        for (KeyValueEntry& entry : trial.list(trial.listing()).entries) seen.emplace_back(entry);
      }
      expect(seen.size() == 2 && seen[0] && seen[1], "both entries are there");
      expect_equal("entries that are always written together", seen[0]->value, seen[1]->value);
      expect_equal("their versions", seen[0]->version, seen[1]->version);
    }
  });
  trial.expect_value("a", std::to_string(kCommits));
}

void what_was_answered_is_seen(Trial& trial) {
  std::atomic<int> written{0};
  trial.in_parallel(3, [&](int thread) {
    if (thread == 0) {
      for (int i = 1; i <= 30; ++i) {
        trial.write({put("a", std::to_string(i))});
        written = i;
      }
      return;
    }
    for (int i = 0; written < 30 && i < 300; ++i) {
      const int before = written;
      const auto entry = trial.get_one("a");
      const int seen = entry.has_value() ? std::stoi(entry->value.data) : 0;
      expect(seen >= before, "a read sees what was answered before it started: " +
                                 std::to_string(before) + ", found " + std::to_string(seen));
    }
  });
}

void tenants_of_one_moment(Trial& trial) {
  trial.in_parallel(kThreads, [&](int thread) {
    const std::string tenant = "tenant" + std::to_string(thread);
    std::vector<Pending<KeyValueCommitted>> calls;
    for (int i = 0; i < 15; ++i) {
      calls.push_back(trial.start_commit(commit_of({compute("counter", increment())}, tenant)));
    }
    for (const auto& call : calls) {
      expect_equal("the status", trial.value(call).status, Status::kCommitted);
    }
    expect_equal("a tenant's counter", trial.get_one("counter", kSpace, tenant)->value, json("15"));
  });
}

void crossing_commits_end(Trial& trial) {
  // In either order of the keys: a store that locks as it goes would stand still.
  trial.in_parallel(kThreads, [&](int thread) {
    for (int i = 0; i < 12; ++i) {
      std::vector<KeyValueWrite> writes = {compute("a", increment()), compute("b", increment())};
      if (thread % 2 == 0) std::swap(writes[0], writes[1]);
      trial.write(std::move(writes));
    }
  });
  trial.expect_value("a", std::to_string(12 * kThreads));
  trial.expect_value("b", std::to_string(12 * kThreads));
}

void a_quota_holds_for_many(Trial& trial) {
  std::atomic<int> done{0};
  trial.in_parallel(kThreads, [&](int thread) {
    std::vector<Pending<KeyValueCommitted>> calls;
    for (int i = 0; i < 4; ++i) {
      KeyValueCommit commit = commit_of({put(std::to_string(thread * 4 + i), "1")});
      commit.max_keys = 5;
      calls.push_back(trial.start_commit(std::move(commit)));
    }
    for (const auto& call : calls) {
      const KeyValueCommitted answer = trial.value(call);
      if (answer.status == Status::kCommitted) ++done;
      if (answer.status != Status::kCommitted) {
        expect_equal("the status of a loser", answer.status, Status::kOverKeys);
      }
    }
  });
  expect_equal("commits that were done", std::uint64_t(done.load()), std::uint64_t{5});
  expect_equal("entries", trial.usage().keys, std::uint64_t{5});
}

}  // namespace

std::vector<Case> concurrency_cases() {
  return {
      {"at once: every increment counts", every_increment_counts},
      {"at once: loops over versions converge", loops_over_versions_converge},
      {"at once: one commit wins a version", one_wins_a_version},
      {"at once: one commit makes an entry", one_makes_an_entry},
      {"at once: readers see one moment", readers_see_one_moment},
      {"at once: what was answered is seen", what_was_answered_is_seen},
      {"at once: tenants", tenants_of_one_moment},
      {"at once: commits over the same keys in either order", crossing_commits_end},
      {"at once: a quota holds", a_quota_holds_for_many},
  };
}

}  // namespace sublet::testing::conformance
