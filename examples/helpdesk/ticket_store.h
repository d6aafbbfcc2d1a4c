// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helpdesk {

struct Requester {
  std::string name;
  std::string email;
  std::string locale;
  std::string plan;
};

struct Note {
  std::string author;
  std::string text;
};

struct Ticket {
  std::uint64_t id = 0;
  std::string subject;
  std::string body;
  std::string channel;
  std::string status = "open";
  std::string priority = "normal";
  std::string team;
  std::uint32_t sla_minutes = 0;
  std::vector<std::string> tags;
  Requester requester;
  std::vector<Note> notes;
};

// The tickets of all tenants, in memory. Thread-safe; hands out copies.
class TicketStore {
 public:
  void put(const std::string& tenant, Ticket ticket);
  std::optional<Ticket> find(const std::string& tenant, std::uint64_t id) const;
  // The tickets of one requester, by id; an empty status means any.
  std::vector<Ticket> search(const std::string& tenant, const std::string& email,
                             const std::string& status) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, Ticket> tickets_;
};

}  // namespace helpdesk
