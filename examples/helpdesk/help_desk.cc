// SPDX-License-Identifier: Apache-2.0
#include "help_desk.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace helpdesk {
namespace {

using Json = nlohmann::json;

Json to_json(const Note& note) { return {{"author", note.author}, {"text", note.text}}; }

Json to_json(const Ticket& ticket) {
  Json notes = Json::array();
  for (const Note& note : ticket.notes) notes.push_back(to_json(note));
  const Requester& from = ticket.requester;
  return {
      {"id", ticket.id},
      {"subject", ticket.subject},
      {"body", ticket.body},
      {"channel", ticket.channel},
      {"status", ticket.status},
      {"priority", ticket.priority},
      {"team", ticket.team},
      {"tags", ticket.tags},
      {"notes", std::move(notes)},
      {"requester",
       {{"name", from.name}, {"email", from.email}, {"locale", from.locale}, {"plan", from.plan}}}};
}

// An answer comes from a tenant's code: anything but an object of the right types counts as "{}".
Json parse_answer(const std::string& text) {
  Json answer = Json::parse(text, nullptr, false);
  return answer.is_object() ? answer : Json::object();
}

bool take_text(const Json& answer, const char* key, std::string& field) {
  const auto found = answer.find(key);
  if (found == answer.end() || !found->is_string()) return false;
  field = found->get<std::string>();
  return true;
}

void apply_answer(const Json& answer, Ticket& ticket) {
  take_text(answer, "team", ticket.team);
  take_text(answer, "priority", ticket.priority);
  if (const auto sla = answer.find("slaMinutes");
      sla != answer.end() && sla->is_number_unsigned()) {
    ticket.sla_minutes = sla->get<std::uint32_t>();
  }
  if (const auto tags = answer.find("tags"); tags != answer.end() && tags->is_array()) {
    for (const Json& tag : *tags) {
      if (tag.is_string()) ticket.tags.push_back(tag.get<std::string>());
    }
  }
  std::string reply;
  if (take_text(answer, "reply", reply)) ticket.notes.push_back({"auto", reply});
}

void ask_and_apply(HookPoints& hooks, const std::string& tenant, const std::string& point,
                   const Json& data, Ticket& ticket) {
  for (const std::string& answer : hooks.ask(tenant, point, data.dump())) {
    apply_answer(parse_answer(answer), ticket);
  }
}

}  // namespace

bool HelpDesk::check_before_save(const std::string& tenant, std::string& subject,
                                 std::string& text) {
  const Json data{{"subject", subject}, {"text", text}};
  for (const std::string& part : hooks_.ask(tenant, "beforeTicketSave", data.dump())) {
    const Json answer = parse_answer(part);
    if (answer.contains("veto")) return false;
    take_text(answer, "subject", subject);
    take_text(answer, "text", text);
  }
  return true;
}

bool HelpDesk::create(const std::string& tenant, Ticket ticket) {
  if (!check_before_save(tenant, ticket.subject, ticket.body)) return false;
  store_.put(tenant, ticket);
  ask_and_apply(hooks_, tenant, "onTicketCreate", {{"ticket", to_json(ticket)}}, ticket);
  store_.put(tenant, std::move(ticket));
  return true;
}

bool HelpDesk::add_note(const std::string& tenant, std::uint64_t id, Note note) {
  std::optional<Ticket> ticket = store_.find(tenant, id);
  if (!ticket || !check_before_save(tenant, ticket->subject, note.text)) return false;
  ticket->notes.push_back(note);
  const Json data{{"ticket", to_json(*ticket)}, {"note", to_json(note)}};
  ask_and_apply(hooks_, tenant, "onTicketNote", data, *ticket);
  store_.put(tenant, *std::move(ticket));
  return true;
}

bool HelpDesk::set_priority(const std::string& tenant, std::uint64_t id,
                            const std::string& priority) {
  std::optional<Ticket> ticket = store_.find(tenant, id);
  if (!ticket) return false;
  const Json before = to_json(*ticket);
  ticket->priority = priority;
  ask_and_apply(hooks_, tenant, "onTicketUpdate",
                {{"ticket", to_json(*ticket)}, {"before", before}}, *ticket);
  store_.put(tenant, *std::move(ticket));
  return true;
}

bool HelpDesk::resolve(const std::string& tenant, std::uint64_t id) {
  std::optional<Ticket> ticket = store_.find(tenant, id);
  if (!ticket) return false;
  ticket->status = "resolved";
  ask_and_apply(hooks_, tenant, "onTicketResolve", {{"ticket", to_json(*ticket)}}, *ticket);
  store_.put(tenant, *std::move(ticket));
  return true;
}

}  // namespace helpdesk
