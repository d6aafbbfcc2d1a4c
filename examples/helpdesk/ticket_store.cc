// SPDX-License-Identifier: Apache-2.0
#include "ticket_store.h"

namespace helpdesk {

void TicketStore::put(const std::string& tenant, Ticket ticket) {
  const std::lock_guard lock(mutex_);
  tickets_[{tenant, ticket.id}] = std::move(ticket);
}

std::optional<Ticket> TicketStore::find(const std::string& tenant, std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find({tenant, id});
  if (found == tickets_.end()) return std::nullopt;
  return found->second;
}

std::vector<Ticket> TicketStore::search(const std::string& tenant, const std::string& email,
                                        const std::string& status) const {
  const std::lock_guard lock(mutex_);
  std::vector<Ticket> found;
  for (auto at = tickets_.lower_bound({tenant, 0}); at != tickets_.end(); ++at) {
    if (at->first.first != tenant) break;
    const Ticket& ticket = at->second;
    if (ticket.requester.email != email) continue;
    if (status.empty() || ticket.status == status) found.push_back(ticket);
  }
  return found;
}

}  // namespace helpdesk
