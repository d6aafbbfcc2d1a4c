// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sublet::test {

// A real PostgreSQL on 127.0.0.1, in a new folder, at a free port, for one test program: Debian's
// package (postgresql), the newest that is installed. It listens at a socket in its folder too.
//
// It runs as the user "postgres" where the test runs as root, since it refuses root. It ends with
// the thread that started it, also where that is ended by a signal: start it on the test's own
// thread. Everybody may connect as anybody, but for the
// role "guarded", whose password is "open sesame". The role and database "sublet" are an ordinary
// owner's, "postgres" is the superuser, "stranger" has no rights.
//
// Ownership: owns the processes and the folder.
// Thread safety: none, but for the texts.
// Errors: throws std::runtime_error with what the server said.
class PostgresServer {
 public:
  struct Options {
    // Whether commits reach the disk: off for tests that end no machine and want to be quick.
    bool fsync = true;
    // Lines of postgresql.conf.
    std::vector<std::string> settings;
  };
  enum class Stop {
    kFast,       // it rolls back what is under way, and tells its clients
    kImmediate,  // it leaves without a word; the next start recovers
    kSigkill,    // so do the machine's processes, all at once
  };

  // Whether one is installed.
  static bool is_installed();
  // Of the package: "initdb", "pgbench", ... Empty where none is installed.
  static std::filesystem::path program(const std::string& name);

  // Makes the folder and starts.
  explicit PostgresServer(Options options);
  PostgresServer() : PostgresServer(Options()) {}
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Waits until it takes connections. On the same port and data as before.
  void start();
  // Without waiting until it takes connections.
  void launch();
  // Waits until all its processes are gone.
  void stop(Stop how);
  // It is there and says nothing, until thaw().
  void freeze();
  void thaw();

  int port() const noexcept { return port_; }
  const std::filesystem::path& folder() const noexcept { return folder_; }
  // For libpq: "host=127.0.0.1 port=... dbname=sublet user=...".
  std::string connection(const std::string& user = "sublet") const;
  // What the server wrote to its log.
  std::string log() const;

 private:
  std::vector<std::string> as_owner(std::vector<std::string> command) const;
  void make_folder();
  void make_cluster();
  void make_roles();
  void wait_until_ready();
  void signal_all(int signal);

  Options options_;
  std::filesystem::path folder_;
  int port_ = 0;
  std::optional<pid_t> process_;
};

// Runs SQL over a connection of its own and answers the first column of the first row. Throws where
// it fails.
std::string run_sql(const std::string& connection, const std::string& sql);

}  // namespace sublet::test
