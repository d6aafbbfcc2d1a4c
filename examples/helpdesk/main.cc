// SPDX-License-Identifier: Apache-2.0
// A small help desk that was written without knowing its tenants. Installs the extensions below
// tenants/, replays events.jsonl through the ticket flow, and prints what each extension answered.
// Usage: helpdesk [--check] [folder]; --check compares the run with expected.json.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extension_points.h"
#include "help_desk.h"
#include "report.h"
#include "ticket_store.h"

namespace helpdesk {
namespace {

using Json = nlohmann::json;

Ticket ticket_from(const Json& json) {
  const Json& from = json.at("requester");
  Ticket ticket;
  ticket.id = json.at("id");
  ticket.subject = json.at("subject");
  ticket.body = json.at("body");
  ticket.channel = json.at("channel");
  ticket.tags = json.value("tags", std::vector<std::string>());
  ticket.requester = {from.at("name"), from.at("email"), from.at("locale"), from.at("plan")};
  return ticket;
}

void replay(HelpDesk& desk, const Json& line) {
  const std::string tenant = line.at("tenant");
  const std::string action = line.at("action");
  if (action == "create") {
    desk.create(tenant, ticket_from(line.at("ticket")));
    return;
  }
  const std::uint64_t id = line.at("id");
  if (action == "note") {
    desk.add_note(tenant, id, {line.at("author"), line.at("text")});
  } else if (action == "priority") {
    desk.set_priority(tenant, id, line.at("priority"));
  } else if (action == "resolve") {
    desk.resolve(tenant, id);
  }
}

int run(const std::filesystem::path& folder, bool check) {
  TicketStore store;
  std::vector<Call> calls;
  std::string error;
  const auto points = ExtensionPoints::create(
      store,
      [&calls](const Call& call) {
        print_row(call);
        calls.push_back(call);
      },
      error);
  if (points) error = points->install_all(folder / "tenants");
  std::ifstream events(folder / "events.jsonl");
  if (error.empty() && !events) error = "cannot read " + (folder / "events.jsonl").string();
  if (!error.empty()) {
    std::fprintf(stderr, "helpdesk: %s\n", error.c_str());
    return 2;
  }

  HelpDesk desk(store, *points);
  print_header();
  for (std::string line; std::getline(events, line);) {
    if (!line.empty()) replay(desk, Json::parse(line));
  }
  print_summary(calls, *points);
  if (!check) return 0;

  const auto surprises = find_surprises(folder / "expected.json", calls, store, *points);
  for (const std::string& surprise : surprises) {
    std::fprintf(stderr, "unexpected: %s\n", surprise.c_str());
  }
  return surprises.empty() ? 0 : 1;
}

}  // namespace
}  // namespace helpdesk

int main(int argc, char** argv) {
  std::filesystem::path folder = HELPDESK_FOLDER;
  bool check = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--check") {
      check = true;
    } else {
      folder = argv[i];
    }
  }
  try {
    return helpdesk::run(folder, check);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "helpdesk: %s\n", error.what());
    return 2;
  }
}
