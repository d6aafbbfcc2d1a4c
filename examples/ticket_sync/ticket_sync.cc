// SPDX-License-Identifier: Apache-2.0
// Tickets of a help desk and issues of a tracker, kept in step by an extension: OAuth at the one,
// an API key at the other, and neither ever in JavaScript. Both products are stand-ins on this
// machine. Exit code 0: in the end both sides agree, whatever went wrong on the way.
#include <sublet/sublet.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

#include "host_setup.h"
#include "stand_ins.h"

namespace ticket_sync {
namespace {

constexpr const char* kTenant = "acme";

class Run {
 public:
  Run(StandIns& stand_ins, sublet::ExtensionHost& host) : stand_ins_(stand_ins), host_(host) {}

  // As a host's own queue would: what fails comes again.
  bool deliver(const Webhook& hook) {
    for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
      const auto result = host_.invoke(
          {.tenant = kTenant, .event = hook.event, .payload = hook.payload, .attempt = attempt});
      if (!result) {
        std::printf("%s\n", result.error().message.c_str());
        return false;
      }
      print(*result);
      if (result->ok()) return true;
    }
    return false;
  }
  // Everything that the help desk has to tell, and what comes of it.
  bool deliver_all() {
    bool good = true;
    for (auto hooks = stand_ins_.tickets.take_webhooks(); !hooks.empty();
         hooks = stand_ins_.tickets.take_webhooks()) {
      for (const Webhook& hook : hooks) good = deliver(hook) && good;
    }
    return good;
  }

 private:
  static void print(const sublet::InvocationResult& result) {
    const std::string& said = result.error ? result.error->message : result.json;
    std::printf("%-16s %-9s %s\n", result.event.c_str(), to_string(result.outcome).data(),
                said.c_str());
    for (const sublet::RequestRecord& request : result.requests) {
      std::printf("    %-12s %-4s %s  %d  attempts %u\n", request.name.c_str(),
                  request.method.c_str(), request.origin.c_str(), request.status, request.attempts);
    }
  }

  StandIns& stand_ins_;
  sublet::ExtensionHost& host_;
};

// Answers the next request by 503, and asks to come again in a second.
ProductServer::Fault busy_once() {
  return [left = std::make_shared<std::atomic<int>>(1)](const auto& request, auto& response) {
    if (!request.path.starts_with("/rest/") || left->fetch_sub(1) < 1) return false;
    response.status = 503;
    response.set_header("Retry-After", "1");
    return true;
  };
}

bool play(StandIns& stand_ins, Run& run) {
  TicketProduct& tickets = stand_ins.tickets;
  Tracker& tracker = stand_ins.tracker;
  const std::uint64_t first = tickets.create_ticket("I cannot log in");
  const auto told = tickets.take_webhooks();
  // The same event twice, as queues do.
  bool good = run.deliver(told.at(0)) && run.deliver(told.at(0));

  const std::uint64_t second = tickets.create_ticket("Login is broken", "SUP-1");
  tickets.add_note(first, "Jane", "She uses <Firefox> & \"two factors\"");
  good = run.deliver_all() && good;

  tracker.server().set_fault(busy_once());
  tickets.add_note(second, "Tom", "He does not");
  good = run.deliver_all() && good;

  tracker.oauth().expire_tokens();
  tickets.add_note(first, "Jane", "It still fails");
  good = run.deliver_all() && good;

  const Webhook resolved = tracker.resolve("SUP-1", "fixed in 2.4.1");
  good = run.deliver(resolved) && run.deliver(resolved) && good;
  // The replies come back as notes.
  return run.deliver_all() && good;
}

// Both sides have what they should have, and have it once.
bool sides_agree(const StandIns& stand_ins) {
  const auto issues = stand_ins.tracker.issues();
  const std::vector<std::string> comments = {"Jane: She uses <Firefox> & \"two factors\"",
                                             "Tom: He does not", "Jane: It still fails"};
  bool good = issues.size() == 1 && issues[0].summary == "I cannot log in" &&
              issues[0].comments == comments;
  for (const std::uint64_t ticket : stand_ins.tickets.ids()) {
    const auto notes = stand_ins.tickets.notes(ticket);
    good = good && std::count_if(notes.begin(), notes.end(), [](const Note& note) {
                     return note.text == "Issue SUP-1 is resolved: fixed in 2.4.1";
                   }) == 1;
  }
  return good;
}

int run(const std::filesystem::path& folder) {
  StandIns stand_ins;
  auto options = host_options(stand_ins, folder);
  if (!options) return std::printf("%s\n", options.error().message.c_str()), 2;
  auto host = sublet::ExtensionHost::create(std::move(options).value());
  if (!host) return std::printf("%s\n", host.error().message.c_str()), 2;
  auto ready = install(**host, stand_ins, kTenant);
  if (ready) ready = connect_tracker(**host, stand_ins, kTenant, folder);
  if (!ready) return std::printf("%s\n", ready.error().message.c_str()), 2;

  Run run(stand_ins, **host);
  const bool delivered = play(stand_ins, run);
  const bool agree = sides_agree(stand_ins);
  std::printf("%s\n", agree ? "Both sides agree." : "The sides differ.");
  return delivered && agree ? 0 : 1;
}

}  // namespace
}  // namespace ticket_sync

int main() {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("sublet-example-ticket-sync-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  int code = 2;
  try {
    code = ticket_sync::run(folder);
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
  }
  std::filesystem::remove_all(folder);
  return code;
}
