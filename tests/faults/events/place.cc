// SPDX-License-Identifier: Apache-2.0
#include "faults/events/place.h"

#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <thread>

#include "sublet/adapters/postgres_event_queue.h"
#include "sublet/adapters/sqlite_event_queue.h"
#include "support/postgres_server.h"

namespace sublet::faults {
namespace {

using std::chrono::milliseconds;

// Of worker.cc's host.
constexpr milliseconds kLongerThanLeases{1'500};
using test::PostgresServer;

class SqlitePlace final : public Place {
 public:
  explicit SqlitePlace(std::string name) : folder_(std::move(name)) {
    if (!folder_.empty()) return;
    folder_ = (std::filesystem::temp_directory_path() / "sublet_events_XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    made_ = true;
  }
  ~SqlitePlace() override {
    std::error_code ignored;
    if (made_) std::filesystem::remove_all(folder_, ignored);
  }

  std::shared_ptr<EventQueue> open() override {
    SqliteEventQueueOptions options;
    options.path = std::filesystem::path(folder_) / "events.db";
    auto queue = SqliteEventQueue::open(options);
    if (!queue) throw std::runtime_error(queue.error().message);
    return *std::move(queue);
  }
  std::string name() const override { return folder_; }

 private:
  std::string folder_;
  bool made_ = false;
};

// A server of its own, in the process that judges, for three processes. Each round one of them is
// struck down; in some the server is too, by an immediate shutdown or with all its processes, and
// in some another process stands still for longer than its leases last, and goes on.
class PostgresPlace final : public Place {
 public:
  PostgresPlace(std::string name, bool still) : connection_(std::move(name)), still_(still) {
    if (!connection_.empty()) return;
    server_.emplace(PostgresServer::Options{true, {"recovery_init_sync_method = syncfs"}});
    connection_ = server_->connection();
  }

  std::shared_ptr<EventQueue> open() override {
    PostgresEventQueueOptions options;
    options.connection = connection_;
    options.connect_timeout = std::chrono::seconds(60);  // a server that recovers takes its time
    options.first_backoff = milliseconds(5);
    options.last_backoff = milliseconds(50);
    auto queue = PostgresEventQueue::open(options);
    if (!queue) throw std::runtime_error(queue.error().message);
    return *std::move(queue);
  }
  std::string name() const override { return connection_; }
  std::uint64_t processes() const override { return 3; }

  std::vector<pid_t> strike(const std::vector<pid_t>& processes, std::uint64_t round) override {
    if (round % 3 == 2) {
      server_->stop(round % 2 == 0 ? PostgresServer::Stop::kSigkill
                                   : PostgresServer::Stop::kImmediate);
      server_->start();
    }
    if (still_ && round % 4 == 3) {
      const pid_t still = processes[(round + 1) % processes.size()];
      ::kill(still, SIGSTOP);
      std::this_thread::sleep_for(kLongerThanLeases);
      ::kill(still, SIGCONT);
    }
    return Place::strike({processes[round % processes.size()]}, round);
  }

 private:
  std::string connection_;
  const bool still_;
  std::optional<PostgresServer> server_;
};

}  // namespace

std::vector<pid_t> Place::strike(const std::vector<pid_t>& processes, std::uint64_t) {
  for (const pid_t process : processes) ::kill(process, SIGKILL);
  return processes;
}

std::unique_ptr<Place> make_place(const std::string& engine, const std::string& name, bool still) {
  if (engine == "sqlite") return std::make_unique<SqlitePlace>(name);
  if (engine == "postgres") return std::make_unique<PostgresPlace>(name, still);
  throw std::runtime_error("no engine is called '" + engine + "'");
}

}  // namespace sublet::faults
