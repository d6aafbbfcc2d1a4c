// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

#include "faults/engine.h"
#include "sublet/adapters/postgres_key_value_store.h"
#include "support/postgres_server.h"

namespace sublet::faults {
namespace {

using test::PostgresServer;

// A server of its own, in the process that judges. Struck down in turn: the process that writes,
// the server with all its processes, and the server by an immediate shutdown. Where it is the
// server's turn, the one that writes goes on with the server that started again, and is ended then.
// Every other round has two that write, as two hosts.
class PostgresEngine final : public Engine {
 public:
  explicit PostgresEngine(std::string place) : place_(std::move(place)) {}

  void prepare() override {
    // At a start after a crash, one sync of the file system instead of one for each file.
    server_.emplace(PostgresServer::Options{true, {"recovery_init_sync_method = syncfs"}});
    place_ = server_->connection();
  }

  std::shared_ptr<KeyValueStore> open() override {
    PostgresKeyValueOptions options;
    options.connection = place_;
    options.connect_timeout = std::chrono::seconds(60);  // a server that recovers takes its time
    // Short, so that commits are given up while there is no server: none of these may be there.
    options.queue_timeout = std::chrono::milliseconds(50);
    options.first_backoff = std::chrono::milliseconds(5);
    options.last_backoff = std::chrono::milliseconds(50);
    auto store = PostgresKeyValueStore::open(options);
    if (!store.has_value()) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

  std::vector<std::string> arguments() const override { return {"--place", place_}; }

  std::uint64_t writers(std::uint64_t round) const override { return 1 + round % 2; }

  void strike(const std::vector<pid_t>& writers, std::uint64_t round) override {
    if (round % 3 != 0) {
      server_->stop(round % 3 == 1 ? PostgresServer::Stop::kSigkill
                                   : PostgresServer::Stop::kImmediate);
      server_->start();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    Engine::strike(writers, round);
    wait_until_alone();
  }

 private:
  // What the server had got from the one that writes, it still does.
  void wait_until_alone() const {
    const std::string others = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sublet'";
    for (int looks = 0; looks < 2000; ++looks) {
      if (test::run_sql(server_->connection("postgres"), others) == "0") return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("sessions of a process that is gone stay");
  }

  std::string place_;
  std::optional<PostgresServer> server_;
};

}  // namespace

std::unique_ptr<Engine> make_postgres_engine(const std::string& place) {
  return std::make_unique<PostgresEngine>(place);
}

}  // namespace sublet::faults
