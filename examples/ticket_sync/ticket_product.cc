// SPDX-License-Identifier: Apache-2.0
#include "ticket_product.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace ticket_sync {

using Json = nlohmann::json;

TicketProduct::TicketProduct(const Certificate& certificate, std::string api_key)
    : api_key_(std::move(api_key)),
      server_(certificate, [this](ProductServer& server) { add_routes(server); }) {}

std::uint64_t TicketProduct::create_ticket(const std::string& subject, const std::string& issue) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = ++last_id_;
  tickets_[id];
  Json ticket = {{"id", id}, {"subject", subject}, {"description", "It says \"" + subject + "\"."}};
  if (!issue.empty()) ticket["issue"] = issue;
  webhooks_.push_back({"onTicketCreate", Json({{"ticket", ticket}}).dump()});
  return id;
}

std::uint64_t TicketProduct::add_note(std::uint64_t ticket, const std::string& author,
                                      const std::string& text) {
  const std::lock_guard lock(mutex_);
  return append(ticket, {0, author, text, ""});
}

std::vector<std::uint64_t> TicketProduct::ids() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> ids;
  for (const auto& [id, notes] : tickets_) ids.push_back(id);
  return ids;
}

std::vector<Note> TicketProduct::notes(std::uint64_t ticket) const {
  const std::lock_guard lock(mutex_);
  return tickets_.at(ticket);
}

std::vector<Webhook> TicketProduct::take_webhooks() {
  const std::lock_guard lock(mutex_);
  return std::exchange(webhooks_, {});
}

std::uint64_t TicketProduct::append(std::uint64_t ticket, Note note) {
  note.id = ++last_id_;
  const Json json = {{"id", note.id},
                     {"ticket", ticket},
                     {"author", note.author},
                     {"text", note.text},
                     {"client", note.client}};
  webhooks_.push_back({"onNoteCreate", Json({{"note", json}}).dump()});
  tickets_.at(ticket).push_back(std::move(note));
  return last_id_;
}

void TicketProduct::add_routes(ProductServer& server) {
  server.post(R"(/api/v2/tickets/(\d+)/reply)",
              [this](const auto& request, auto& response) { reply(request, response); });
}

void TicketProduct::reply(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  const auto wanted = httplib::make_basic_authentication_header(api_key_, "X");
  if (request.get_header_value("Authorization") != wanted.second) {
    return answer_json(response, 401, "{}");
  }
  const std::uint64_t ticket = std::stoull(request.matches[1]);
  if (!tickets_.contains(ticket)) return answer_json(response, 404, "{}");
  if (!done_.insert(request.get_header_value("Idempotency-Key")).second) {
    return answer_json(response, 200, "{}");
  }
  const Json body = Json::parse(request.body);
  const std::uint64_t id = append(ticket, {0, "Agent", body.at("text"), body.at("client")});
  answer_json(response, 201, Json({{"id", id}}).dump());
}

}  // namespace ticket_sync
