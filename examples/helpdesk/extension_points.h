// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "help_desk.h"
#include "ticket_store.h"

namespace helpdesk {

// One question to one extension, and how it went. Times in microseconds.
struct Call {
  std::string tenant;
  std::string point;
  std::string extension;
  std::string outcome;
  std::string answer;  // JSON text; the error's text where there is no answer
  bool used_fallback = false;
  std::uint64_t cpu = 0;
  std::uint64_t wall = 0;
  std::uint64_t queue = 0;
  std::uint64_t peak_heap = 0;  // bytes
};

// The hook points of the help desk, answered by the tenants' extensions. The only place in this
// example that knows Sublet.
class ExtensionPoints final : public HookPoints {
 public:
  // `on_call` is told each call as it ends. Null, and `error` set, where the host cannot start.
  static std::unique_ptr<ExtensionPoints> create(TicketStore& store,
                                                 std::function<void(const Call&)> on_call,
                                                 std::string& error);
  ~ExtensionPoints() override;

  // Installs <folder>/<tenant>/<extension>/ for every tenant; the first error, or an empty text.
  std::string install_all(const std::filesystem::path& folder);

  std::vector<std::string> ask(const std::string& tenant, const std::string& point,
                               const std::string& data) override;

  // How many invocations the host reported as finished, and how many of them more than once.
  std::uint64_t finished() const;
  std::uint64_t finished_twice() const;
  // One line about the host: isolates, memory, threads.
  std::string summary() const;

 private:
  struct Parts;
  explicit ExtensionPoints(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace helpdesk
