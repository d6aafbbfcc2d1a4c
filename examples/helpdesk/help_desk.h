// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ticket_store.h"

namespace helpdesk {

// Where the help desk lets others take part. It knows the names of its hook points and what it does
// with the answers; it does not know who answers.
class HookPoints {
 public:
  virtual ~HookPoints() = default;
  // Asks everybody who listens to `point` for this tenant. `data` and each answer are JSON texts;
  // who has nothing to say answers "{}".
  virtual std::vector<std::string> ask(const std::string& tenant, const std::string& point,
                                       const std::string& data) = 0;
};

// The ticket flow. Hook points:
//   beforeTicketSave  {subject, text}    may answer {veto} or {subject, text}
//   onTicketCreate    {ticket}           may answer {team, priority, slaMinutes, tags, reply}
//   onTicketNote      {ticket, note}     likewise
//   onTicketUpdate    {ticket, before}   likewise
//   onTicketResolve   {ticket}           likewise
class HelpDesk {
 public:
  HelpDesk(TicketStore& store, HookPoints& hooks) : store_(store), hooks_(hooks) {}

  // Each answers false where the ticket does not exist, or was refused.
  bool create(const std::string& tenant, Ticket ticket);
  bool add_note(const std::string& tenant, std::uint64_t id, Note note);
  bool set_priority(const std::string& tenant, std::uint64_t id, const std::string& priority);
  bool resolve(const std::string& tenant, std::uint64_t id);

 private:
  // False: vetoed. Else subject and text are what shall be stored.
  bool check_before_save(const std::string& tenant, std::string& subject, std::string& text);

  TicketStore& store_;
  HookPoints& hooks_;
};

}  // namespace helpdesk
