// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/publisher.h"
#include "events/setup.h"
#include "sublet/events.h"

namespace sublet::events {

// Keeps schedules among the queue's records and publishes what is due: exactly one firing for each
// time, whichever process is first.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside the call, under
// no lock.
class Scheduler {
 public:
  static std::shared_ptr<Scheduler> create(const Setup& setup,
                                           std::shared_ptr<Publisher> publisher);
  virtual ~Scheduler() = default;

  virtual void start() = 0;
  virtual void stop() noexcept = 0;

  // kAlreadyExists, kNotFound; kInvalidArgument names the field; kResourceExhausted:
  // EventPolicy::max_schedules. Answers the schedule as it is kept.
  virtual void create_one(Schedule schedule, EventCallback<Schedule> done) noexcept = 0;
  virtual void update_one(Schedule schedule, EventCallback<Schedule> done) noexcept = 0;
  // False: there was none.
  virtual void remove(std::string tenant, std::string extension, std::string name,
                      EventCallback<bool> done) noexcept = 0;
  // Of a tenant and, unless it is empty, an extension; by extension and name, after (extension,
  // name) in `after`.
  virtual void list(std::string tenant, std::string extension,
                    EventCallback<std::vector<Schedule>> done) noexcept = 0;

  // An install: the manifest's schedules come in place of those of the version before; those that
  // are as before keep their times. An uninstall: all of the extension's go.
  virtual void set_declared(std::string tenant, std::string extension,
                            std::vector<Schedule> declared, EventCallback<bool> done) noexcept = 0;
  virtual void remove_all(std::string tenant, std::string extension,
                          EventCallback<bool> done) noexcept = 0;
};

}  // namespace sublet::events
