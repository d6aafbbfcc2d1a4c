// SPDX-License-Identifier: Apache-2.0
#include "product_server.h"

#include <sys/socket.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <utility>

namespace ticket_sync {
namespace {

// Linux takes all of 127.0.0.0/8 for this machine.
std::string some_address() {
  std::random_device random;
  std::uniform_int_distribution<int> part(1, 254);
  const auto next = [&] { return "." + std::to_string(part(random)); };
  return "127" + next() + next() + next();
}

}  // namespace

ProductServer::ProductServer(const Certificate& certificate, Routes routes)
    : certificate_(certificate), routes_(std::move(routes)) {
  start();
}

ProductServer::~ProductServer() { stop(); }

void ProductServer::set_fault(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

void ProductServer::set_late_fault(Fault fault) {
  const std::lock_guard lock(mutex_);
  late_fault_ = std::move(fault);
}

bool ProductServer::disturb(const Fault& which, const httplib::Request& request,
                            httplib::Response& response) {
  Fault fault;
  {
    const std::lock_guard lock(mutex_);
    fault = which;
  }
  return fault && fault(request, response);
}

ProductServer::Handler ProductServer::with_faults(Handler handler) {
  return [this, handler = std::move(handler)](const auto& request, auto& response) {
    if (disturb(fault_, request, response)) return;
    handler(request, response);
    disturb(late_fault_, request, response);
  };
}

void ProductServer::get(const std::string& pattern, Handler handler) {
  server_->Get(pattern, with_faults(std::move(handler)));
}

void ProductServer::post(const std::string& pattern, Handler handler) {
  server_->Post(pattern, with_faults(std::move(handler)));
}

void ProductServer::make_server() {
  server_ = std::make_unique<httplib::SSLServer>(certificate_.x509(), certificate_.key());
  // By default another server could share the port.
  server_->set_socket_options([](int socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // A connection that is kept holds a thread.
  server_->new_task_queue = [] { return new httplib::ThreadPool(64); };
  server_->set_keep_alive_max_count(1000);
  server_->set_keep_alive_timeout(2);
  server_->set_tcp_nodelay(true);
  routes_(*this);
}

void ProductServer::start() {
  make_server();
  const bool again = !address_.empty();
  bool bound = false;
  for (int tries = 0; tries < 20 && !bound; ++tries) {
    if (!again) address_ = some_address();
    bound = server_->bind_to_port(address_, kPort);
  }
  if (!bound) throw std::runtime_error("no address to listen at");
  thread_ = std::thread([server = server_.get()] { server->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void ProductServer::stop() {
  if (!server_) return;
  server_->stop();
  thread_.join();
  server_.reset();
}

void answer_json(httplib::Response& response, int status, const std::string& json) {
  response.status = status;
  response.set_content(json, "application/json");
}

}  // namespace ticket_sync
