// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace sublet::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLook{5};  // between two looks at something that takes time
constexpr std::chrono::seconds kPatience{60};  // with all of them
constexpr const char* kOwner = "postgres";     // of the data, where the test is root

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

// Looks until it is true.
template <typename Condition>
bool wait_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// With its output in the file.
pid_t spawn(std::vector<std::string> command, const fs::path& output) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = 0;
  const int failed =
      posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) fail(command[0] + " does not start");
  return process;
}

bool is_gone(pid_t process) { return ::kill(process, 0) != 0 && errno == ESRCH; }

// The processes whose parent this one is.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      continue;
    }
    const std::string stat = read_file(entry.path() / "stat");
    const std::size_t named = stat.rfind(')');  // the name may hold anything
    if (named == std::string::npos) continue;
    std::istringstream rest(stat.substr(named + 1));
    std::string state;
    pid_t its_parent = 0;
    rest >> state >> its_parent;
    if (its_parent == parent) children.push_back(std::stoi(name));
  }
  return children;
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) fail("there is no free port");
  return ntohs(address.sin_port);
}

}  // namespace

bool PostgresServer::is_installed() { return !program("initdb").empty(); }

fs::path PostgresServer::program(const std::string& name) {
  fs::path newest;
  int version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const fs::path file = entry.path() / "bin" / name;
    const int its = std::atoi(entry.path().filename().c_str());
    if (its > version && fs::exists(file)) {
      version = its;
      newest = file;
    }
  }
  return newest;
}

PostgresServer::PostgresServer(Options options) : options_(std::move(options)) {
  if (!is_installed()) fail("no PostgreSQL is installed");
  make_folder();
  try {
    make_cluster();
    port_ = free_port();
    start();
    make_roles();
  } catch (...) {
    if (process_) stop(Stop::kSigkill);
    fs::remove_all(folder_);
    throw;
  }
}

PostgresServer::~PostgresServer() {
  try {
    if (process_) stop(Stop::kSigkill);
  } catch (const std::runtime_error&) {
    // Whatever is left of it has lost its folder.
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresServer::make_folder() {
  std::string name = (fs::temp_directory_path() / "sublet_postgres_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("no folder can be made in " + name);
  folder_ = name;
  if (::geteuid() != 0) return;
  const passwd* owner = ::getpwnam(kOwner);
  if (owner == nullptr || ::chown(name.c_str(), owner->pw_uid, owner->pw_gid) != 0) {
    fail("the folder cannot be given to the user postgres");
  }
}

// As the user who owns the data. The command ends when the test does.
std::vector<std::string> PostgresServer::as_owner(std::vector<std::string> command) const {
  std::vector<std::string> whole{"setpriv", "--pdeathsig", "QUIT"};
  if (::geteuid() == 0) {
    whole.insert(whole.end(), {"--reuid", kOwner, "--regid", kOwner, "--clear-groups"});
  }
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

void PostgresServer::make_cluster() {
  const fs::path output = folder_ / "initdb.log";
  const pid_t process = spawn(as_owner({program("initdb"), "-D", folder_ / "data", "-U", "postgres",
                                        "-N", "-E", "UTF8", "--locale=C", "--auth=trust"}),
                              output);
  int status = 0;
  if (::waitpid(process, &status, 0) != process || status != 0) fail(read_file(output));
  std::ofstream(folder_ / "data/pg_hba.conf")
      << "host all guarded 127.0.0.1/32 scram-sha-256\n"
      << "host all all 127.0.0.1/32 trust\nlocal all all trust\n";
  std::ofstream settings(folder_ / "data/postgresql.auto.conf");
  settings << "listen_addresses = '127.0.0.1'\nunix_socket_directories = '" << folder_.string()
           << "'\nfsync = " << (options_.fsync ? "on" : "off") << "\n";
  for (const std::string& line : options_.settings) settings << line << "\n";
}

void PostgresServer::start() {
  launch();
  wait_until_ready();
}

void PostgresServer::launch() {
  process_ =
      spawn(as_owner({program("postgres"), "-D", folder_ / "data", "-p", std::to_string(port_)}),
            folder_ / "server.log");
}

void PostgresServer::wait_until_ready() {
  const std::string connection = "host=127.0.0.1 user=postgres port=" + std::to_string(port_);
  bool ended = false;
  const bool ready = wait_until([&] {
    ended = ::waitpid(*process_, nullptr, WNOHANG) == *process_;
    return ended || PQping(connection.c_str()) == PQPING_OK;
  });
  if (ended) process_.reset();
  if (ended || !ready) fail("PostgreSQL does not start:\n" + log());
}

void PostgresServer::make_roles() {
  const std::string connection =
      "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres";
  const std::array<const char*, 5> all = {"CREATE ROLE sublet LOGIN", "CREATE ROLE stranger LOGIN",
                                          "CREATE ROLE guarded LOGIN PASSWORD 'open sesame'",
                                          "CREATE DATABASE sublet OWNER sublet",
                                          "GRANT CREATE ON DATABASE sublet TO guarded"};
  for (const char* sql : all) run_sql(connection, sql);
}

void PostgresServer::stop(Stop how) {
  if (!process_) return;
  const pid_t server = *std::exchange(process_, std::nullopt);
  std::vector<pid_t> processes;
  if (how == Stop::kSigkill) {
    // Stopped first, so that it starts no more of them.
    ::kill(server, SIGSTOP);
    processes = children_of(server);
    for (const pid_t process : processes) ::kill(process, SIGKILL);
    ::kill(server, SIGKILL);
  } else {
    processes = children_of(server);
    ::kill(server, how == Stop::kFast ? SIGINT : SIGQUIT);
  }
  ::waitpid(server, nullptr, 0);
  const bool gone =
      wait_until([&] { return std::all_of(processes.begin(), processes.end(), is_gone); });
  if (!gone) fail("PostgreSQL does not end");
}

void PostgresServer::signal_all(int signal) {
  if (!process_) return;
  ::kill(*process_, signal);
  for (const pid_t process : children_of(*process_)) ::kill(process, signal);
}

void PostgresServer::freeze() { signal_all(SIGSTOP); }

void PostgresServer::thaw() { signal_all(SIGCONT); }

std::string PostgresServer::connection(const std::string& user) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " dbname=sublet user=" + user;
}

std::string PostgresServer::log() const { return read_file(folder_ / "server.log"); }

std::string run_sql(const std::string& connection, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(connection.c_str()),
                                                           PQfinish);
  PQsetNoticeReceiver(
      session.get(), [](void*, const PGresult*) {}, nullptr);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(session.get(), sql.c_str()),
                                                              PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    fail(sql + ": " + PQerrorMessage(session.get()));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace sublet::test
