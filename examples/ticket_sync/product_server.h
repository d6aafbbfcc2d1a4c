// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "certificate.h"

namespace ticket_sync {

// What a product tells the host of what happened in it.
struct Webhook {
  std::string event;
  std::string payload;  // JSON
};

// HTTPS on this machine, at an address of its own (127.x.y.z) and the port that the manifest names,
// as if it were another machine. Thread-safe but for start() and stop().
class ProductServer {
 public:
  using Handler = httplib::Server::Handler;
  using Routes = std::function<void(ProductServer&)>;
  // Looks at a request; true: it has answered.
  using Fault = std::function<bool(const httplib::Request&, httplib::Response&)>;
  static constexpr int kPort = 8443;

  // `routes` calls get() and post(), at each start. Throws std::runtime_error where it finds no
  // address.
  ProductServer(const Certificate& certificate, Routes routes);
  ~ProductServer();
  ProductServer(const ProductServer&) = delete;
  ProductServer& operator=(const ProductServer&) = delete;

  const std::string& address() const { return address_; }
  std::string endpoint() const { return address_ + ":" + std::to_string(kPort); }
  void get(const std::string& pattern, Handler handler);
  void post(const std::string& pattern, Handler handler);

  // Asked before a handler, which is not called then; and after it.
  void set_fault(Fault fault);
  void set_late_fault(Fault fault);
  // The machine goes down, and comes back.
  void stop();
  void start();

 private:
  void make_server();
  Handler with_faults(Handler handler);
  bool disturb(const Fault& which, const httplib::Request& request, httplib::Response& response);

  const Certificate& certificate_;
  const Routes routes_;
  std::string address_;
  std::mutex mutex_;
  Fault fault_;
  Fault late_fault_;
  std::unique_ptr<httplib::SSLServer> server_;
  std::thread thread_;
};

void answer_json(httplib::Response& response, int status, const std::string& json);

}  // namespace ticket_sync
