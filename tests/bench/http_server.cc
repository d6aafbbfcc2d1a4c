// SPDX-License-Identifier: Apache-2.0
#include "bench/http_server.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/host_side.h"
#include "support/certificates.h"
#include "support/http_peer.h"

namespace sublet::bench {
namespace {

const std::string& answer() {
  static const std::string text = [] {
    std::string made = R"({"items":[)";
    for (int i = 0; i < 16; ++i) {
      made += (i == 0 ? "" : ",") + std::string(R"({"id":)") + std::to_string(1000 + i) +
              R"(,"subject":"Printer on fire","state":"open"})";
    }
    return made + "]}";
  }();
  return text;
}

void serve(test::PeerConnection& connection) {
  for (std::string request = connection.read_request(); !request.empty();
       request = connection.read_request()) {
    if (request.find(kSlowPath) < request.find('\n')) {
      std::this_thread::sleep_for(std::chrono::seconds(kSlowAnswerSeconds));
    }
    if (!connection.write_answer(answer(), "Content-Type: application/json\r\n")) return;
  }
}

// Until it is ended.
[[noreturn]] void run_server(const test::Identity& identity, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  test::HttpPeer::Options options;
  options.identity = identity;
  const test::HttpPeer peer(options, serve);
  const std::uint16_t port = peer.port();
  if (write(report, &port, sizeof port) != sizeof port) _exit(1);
  for (;;) pause();
}

}  // namespace

HttpServer::HttpServer() {
  const test::Authority authority;
  const test::Identity identity = authority.issue(kServerName);
  std::string path = "/tmp/sublet-bench-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) throw Failure("no temporary file");
  close(file);
  authority_file_ = path;
  std::ofstream(path) << authority.certificate();

  std::array<int, 2> report{};
  if (pipe(report.data()) != 0) throw Failure("no pipe");
  process_ = fork();
  if (process_ == 0) run_server(identity, report[1]);
  close(report[1]);
  const bool told = process_ > 0 && read(report[0], &port_, sizeof port_) == sizeof port_;
  close(report[0]);
  if (!told) throw Failure("the HTTP server did not start");
}

HttpServer::~HttpServer() {
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  unlink(authority_file_.c_str());
}

}  // namespace sublet::bench
