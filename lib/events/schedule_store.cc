// SPDX-License-Identifier: Apache-2.0
#include "events/schedule_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/record_place.h"

namespace sublet::events {

struct ScheduleStore::Reading {
  std::shared_ptr<EventQueue> queue;
  std::string tenant;
  std::string prefix;
  std::string after;
  std::vector<KeptSchedule> found;
  Reply<std::vector<KeptSchedule>> done;
};

struct ScheduleStore::Writing {
  std::shared_ptr<EventQueue> queue;
  std::vector<EventRecordWrite> left;
  Reply<EventEnqueued> done;
};

void ScheduleStore::find(const std::string& tenant, const std::string& extension,
                         const std::string& name, Found done) const {
  const std::string wanted = schedule_record_name(extension, name);
  const Reply<std::optional<KeptSchedule>> reply(std::move(done));
  queue_->read_records(
      kScheduleKind, tenant, right_before(wanted), 1,
      [wanted, reply](const Result<std::vector<EventRecord>>& page) {
        reply.guard([&] {
          if (!page) return reply(page.error());
          if (page->empty() || page->front().name != wanted) return reply({std::nullopt});
          std::optional<KeptSchedule> kept = read_schedule(page->front());
          if (kept) return reply(std::move(kept));
          reply(Error{ErrorCode::kUnavailable, "the schedule is of another version of Sublet"});
        });
      });
}

void ScheduleStore::all(const std::string& tenant, const std::string& extension,
                        Several done) const {
  const std::string prefix = extension.empty() ? std::string() : extension + '/';
  read_on(std::make_shared<Reading>(Reading{
      queue_, tenant, prefix, prefix, {}, Reply<std::vector<KeptSchedule>>(std::move(done))}));
}

void ScheduleStore::read_on(const std::shared_ptr<Reading>& reading) {
  reading->queue->read_records(kScheduleKind, reading->tenant, reading->after, EventQueue::kMaxPage,
                               [reading](const Result<std::vector<EventRecord>>& page) {
                                 reading->done.guard([&] {
                                   if (!page) return reading->done(page.error());
                                   for (const EventRecord& record : *page) {
                                     if (!record.name.starts_with(reading->prefix)) {
                                       return reading->done(std::move(reading->found));
                                     }
                                     if (auto kept = read_schedule(record))
                                       reading->found.push_back(*std::move(kept));
                                   }
                                   if (page->size() < EventQueue::kMaxPage)
                                     return reading->done(std::move(reading->found));
                                   reading->after = page->back().name;
                                   read_on(reading);
                                 });
                               });
}

void ScheduleStore::write(std::vector<EventRecordWrite> writes,
                          EventCallback<EventEnqueued> done) const {
  write_on(std::make_shared<Writing>(
      Writing{queue_, std::move(writes), Reply<EventEnqueued>(std::move(done))}));
}

void ScheduleStore::write_on(const std::shared_ptr<Writing>& writing) {
  const auto count =
      static_cast<std::ptrdiff_t>(std::min(writing->left.size(), EventQueue::kMaxRecordWrites));
  if (count == 0) return writing->done(EventEnqueued{});
  std::vector<EventRecordWrite> some(std::make_move_iterator(writing->left.begin()),
                                     std::make_move_iterator(writing->left.begin() + count));
  writing->left.erase(writing->left.begin(), writing->left.begin() + count);
  writing->queue->write_records(std::move(some), [writing](Result<EventEnqueued> answer) {
    writing->done.guard([&] {
      const bool go_on =
          answer && answer->status == EventEnqueued::Status::kEnqueued && !writing->left.empty();
      if (!go_on) return writing->done(std::move(answer));
      write_on(writing);
    });
  });
}

}  // namespace sublet::events
