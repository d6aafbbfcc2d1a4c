// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "product_server.h"

namespace ticket_sync {

struct Note {
  std::uint64_t id = 0;
  std::string author;
  std::string text;
  std::string client;  // of the API, that wrote it; empty: a person did
};

// A stand-in for a help desk, at acme.tickets.example:
//   POST /api/v2/tickets/ID/reply    {text, client} -> {id}
// with an API key as the user of Basic. Replies become notes, and the host is told of every note,
// whoever wrote it. A request with an Idempotency-Key that it had before does nothing. Thread-safe.
class TicketProduct {
 public:
  TicketProduct(const Certificate& certificate, std::string api_key);

  ProductServer& server() { return server_; }
  const ProductServer& server() const { return server_; }
  // Agents at work. `issue`: the one that they know to be the cause.
  std::uint64_t create_ticket(const std::string& subject, const std::string& issue = "");
  std::uint64_t add_note(std::uint64_t ticket, const std::string& author, const std::string& text);
  std::vector<std::uint64_t> ids() const;
  std::vector<Note> notes(std::uint64_t ticket) const;
  // What the host is told, in order.
  std::vector<Webhook> take_webhooks();

 private:
  void add_routes(ProductServer& server);
  void reply(const httplib::Request& request, httplib::Response& response);
  std::uint64_t append(std::uint64_t ticket, Note note);

  const std::string api_key_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::vector<Note>> tickets_;
  std::set<std::string> done_;  // Idempotency-Keys
  std::vector<Webhook> webhooks_;
  std::uint64_t last_id_ = 0;
  ProductServer server_;
};

}  // namespace ticket_sync
