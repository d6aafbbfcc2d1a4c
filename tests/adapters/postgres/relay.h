// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace sublet {

// Stands between the store and the_server(), as a pooler does: hands everything on, until it is
// told to answer something else. It serves all sessions on a thread of its own.
//
// Thread safety: thread-safe.
class Relay {
 public:
  Relay();
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // For libpq: the server's database, by way of this.
  std::string connection() const;

  // The next answer from the server is not handed on: the client gets this message, and the
  // session ends. The server has done what it was sent.
  void answer_next(std::string instead);
  // From now on a session ends, without a word, when its client sends something with this in it.
  void drop_at(std::string text);

  // Sessions that were begun.
  int sessions() const noexcept { return sessions_; }

 private:
  struct Session;

  void serve();
  void accept_one();
  // False: it ended.
  bool from_client(Session& session) const;
  bool from_server(Session& session);

  int listener_ = -1;
  int wake_[2] = {-1, -1};
  int port_ = 0;
  std::atomic<int> sessions_{0};
  std::atomic<bool> answers_{false};
  std::string instead_;  // written before answers_
  std::atomic<bool> drops_{false};
  std::string drop_at_;       // written before drops_
  std::vector<Session> all_;  // the thread's
  std::thread thread_;
};

// A server's message that ends a session: FATAL, with this state.
std::string fatal_message(const std::string& state, const std::string& text);

}  // namespace sublet
