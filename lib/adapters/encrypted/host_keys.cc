// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/host_keys.h"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/encrypted/inner_store.h"
#include "adapters/encrypted/recent.h"
#include "adapters/key_value/guarded.h"
#include "base/mutex.h"
#include "base/thread_start.h"

namespace sublet::adapters {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxIdBytes = 64;

using Name = std::pair<std::string, std::string>;  // tenant and id

// What the source answers, looked over.
Result<HostKey> ask(const EncryptionKeySource& source, const Name& name) {
  auto found = guarded([&] { return source(name.first, name.second); });
  if (!found) return Error{ErrorCode::kUnavailable, "the host's key: " + found.error().message};
  HostKey key{found->id, std::make_shared<SecretKey>(found->bytes)};
  wipe(found->bytes.data(), found->bytes.size());
  if (key.id.empty() || key.id.size() > kMaxIdBytes) {
    return Error{ErrorCode::kUnavailable, "the host's key: its id must have 1 to 64 bytes"};
  }
  if (!name.second.empty() && key.id != name.second) {
    return Error{ErrorCode::kUnavailable, "the host's key: it is another one than was asked for"};
  }
  return key;
}

}  // namespace

// What the threads work on, which they may outlive the envelope with.
//
// Ownership: shared by the threads and their owner.
// Thread safety: thread-safe.
struct HostKeys::State : std::enable_shared_from_this<HostKeys::State> {
  State(EncryptionKeySource asked, const EncryptedKeyValueOptions& options)
      : source(std::move(asked)), patience(options.key_timeout), known(options.max_known) {}

  // Somebody who waits for a key.
  struct Waiter {
    Name name;
    Clock::time_point until;
    Callback done;
  };
  // A key that is, or will be, asked for.
  struct Question {
    std::uint64_t place = 0;            // in line; 0: it is being asked
    std::deque<std::uint64_t> waiters;  // their numbers
  };

  void ask_until_ended();
  void give_up_until_ended();
  bool start_thread(void (State::*body)()) SUBLET_REQUIRES(mutex);
  bool has_askers() SUBLET_REQUIRES(mutex);
  bool add(const Name& name, Callback done) SUBLET_REQUIRES(mutex);
  std::optional<Name> take_question() SUBLET_REQUIRES(mutex);
  std::vector<Callback> take_answered(const Name& name) SUBLET_REQUIRES(mutex);
  std::vector<Callback> take_late(Clock::time_point now) SUBLET_REQUIRES(mutex);

  const EncryptionKeySource source;
  const std::chrono::milliseconds patience;
  base::Mutex mutex;
  base::CondVar asked;    // there is a question, or the end
  base::CondVar waiting;  // there is somebody who waits, or the end
  bool ended SUBLET_GUARDED_BY(mutex) = false;
  std::vector<std::thread> threads SUBLET_GUARDED_BY(mutex);
  std::size_t askers SUBLET_GUARDED_BY(mutex) = 0;
  std::size_t idle SUBLET_GUARDED_BY(mutex) = 0;
  std::uint64_t last_number SUBLET_GUARDED_BY(mutex) = 0;
  // By number, which is the order in which they give up.
  std::map<std::uint64_t, Waiter> waiters SUBLET_GUARDED_BY(mutex);
  std::map<Name, Question> questions SUBLET_GUARDED_BY(mutex);
  // Those that nobody asks yet, by their places.
  std::map<std::uint64_t, Name> line SUBLET_GUARDED_BY(mutex);
  // Tenants that something is being asked about.
  std::set<std::string> under_way SUBLET_GUARDED_BY(mutex);
  Recent<Name, HostKey> known SUBLET_GUARDED_BY(mutex);
};

bool HostKeys::State::start_thread(void (State::*body)()) {
  threads.reserve(kMostAskers + 1);
  std::thread started = base::start_thread(
      "sublet-kv-keys", [self = shared_from_this(), body] { (self.get()->*body)(); });
  if (!started.joinable()) return false;
  threads.push_back(std::move(started));
  return true;
}

// With one more where the others are busy. False: the system gives none.
bool HostKeys::State::has_askers() {
  if (line.size() > idle && askers < kMostAskers && start_thread(&State::ask_until_ended)) ++askers;
  return askers > 0;
}

// False: nobody can ask, and `done` waits for nothing.
bool HostKeys::State::add(const Name& name, Callback done) {
  const std::uint64_t number = ++last_number;
  const auto [question, is_new] = questions.try_emplace(name);
  if (is_new) {
    question->second.place = number;
    line.emplace(number, name);
    if (!has_askers()) {
      line.erase(number);
      questions.erase(question);
      return false;
    }
    asked.notify_one();
  }
  question->second.waiters.push_back(number);
  waiters.emplace(number, Waiter{name, Clock::now() + patience, std::move(done)});
  if (waiters.size() == 1) waiting.notify_one();
  return true;
}

// The first in line of a tenant that nothing is asked about.
std::optional<Name> HostKeys::State::take_question() {
  for (auto at = line.begin(); at != line.end(); ++at) {
    if (under_way.contains(at->second.first)) continue;
    Name name = std::move(at->second);
    line.erase(at);
    questions[name].place = 0;
    under_way.insert(name.first);
    return name;
  }
  return std::nullopt;
}

std::vector<HostKeys::Callback> HostKeys::State::take_answered(const Name& name) {
  under_way.erase(name.first);
  std::vector<Callback> taken;
  for (const std::uint64_t number : questions[name].waiters) {
    taken.push_back(std::move(waiters.extract(number).mapped().done));
  }
  questions.erase(name);
  return taken;
}

std::vector<HostKeys::Callback> HostKeys::State::take_late(Clock::time_point now) {
  std::vector<Callback> taken;
  while (!waiters.empty() && waiters.begin()->second.until <= now) {
    Waiter waiter = std::move(waiters.extract(waiters.begin()).mapped());
    const auto question = questions.find(waiter.name);
    question->second.waiters.pop_front();
    if (question->second.waiters.empty() && question->second.place != 0) {
      line.erase(question->second.place);
      questions.erase(question);
    }
    taken.push_back(std::move(waiter.done));
  }
  return taken;
}

void HostKeys::State::ask_until_ended() {
  for (;;) {
    std::optional<Name> name;
    {
      const base::MutexLock lock(mutex);
      ++idle;
      while (!ended && !(name = take_question()).has_value()) asked.wait(mutex);
      --idle;
      if (ended) return;
    }
    const Result<HostKey> key = guarded([&] { return ask(source, *name); });
    std::vector<Callback> answered;
    {
      const base::MutexLock lock(mutex);
      if (ended) return;
      answered = take_answered(*name);
      if (key.has_value()) known.put({name->first, key->id}, *key);
      // The tenant's next question may have waited for this one.
      asked.notify_one();
    }
    for (const Callback& done : answered) done(key);
  }
}

void HostKeys::State::give_up_until_ended() {
  const Error late{ErrorCode::kUnavailable, "the host's key: there was no answer within " +
                                                std::to_string(patience.count()) + " ms"};
  for (;;) {
    std::vector<Callback> given_up;
    {
      const base::MutexLock lock(mutex);
      while (!ended && given_up.empty()) {
        if (waiters.empty()) {
          waiting.wait(mutex);
        } else {
          (void)waiting.wait_until(mutex, waiters.begin()->second.until);
        }
        given_up = take_late(Clock::now());
      }
      if (ended && given_up.empty()) return;
    }
    for (const Callback& done : given_up) done(late);
  }
}

HostKeys::HostKeys(EncryptionKeySource source, const EncryptedKeyValueOptions& options)
    : state_(std::make_shared<State>(std::move(source), options)) {}

HostKeys::~HostKeys() { end(); }

bool HostKeys::start() {
  const base::MutexLock lock(state_->mutex);
  return state_->start_thread(&State::give_up_until_ended);
}

void HostKeys::find(const std::string& tenant, const std::string& id, Callback done) {
  Result<HostKey> answer = InnerStore::ended();
  {
    const base::MutexLock lock(state_->mutex);
    const Name name{tenant, id};
    const HostKey* known = id.empty() ? nullptr : state_->known.find(name);
    if (!state_->ended && known == nullptr) {
      if (state_->add(name, done)) return;
      answer = Error{ErrorCode::kUnavailable, "the host's key: the system gives no thread"};
    } else if (!state_->ended) {
      answer = *known;
    }
  }
  done(std::move(answer));
}

void HostKeys::forget(const std::string& tenant, const std::string& id) {
  const base::MutexLock lock(state_->mutex);
  state_->known.erase({tenant, id});
}

void HostKeys::end() noexcept {
  std::map<std::uint64_t, State::Waiter> waiters;
  std::vector<std::thread> threads;
  {
    const base::MutexLock lock(state_->mutex);
    state_->ended = true;
    waiters.swap(state_->waiters);
    threads.swap(state_->threads);
    state_->known.clear();
  }
  state_->asked.notify_all();
  state_->waiting.notify_all();
  for (const auto& [number, waiter] : waiters) waiter.done(InnerStore::ended());
  for (std::thread& thread : threads) {
    // An answer on the thread itself may be what ends the store.
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

}  // namespace sublet::adapters
