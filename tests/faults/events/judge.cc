// SPDX-License-Identifier: Apache-2.0
#include "faults/events/judge.h"

#include <future>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "events/delivery_record.h"

namespace sublet::faults {
namespace {

// Numbers of one process are of this size: see Numbers in worker.cc.
constexpr std::uint64_t kOfOneProcess = 1'000'000;

template <typename T, typename Start>
T ask(const Start& start) {
  const auto promise = std::make_shared<std::promise<Result<T>>>();
  auto answer = promise->get_future();
  start([promise](Result<T> result) { promise->set_value(std::move(result)); });
  Result<T> result = answer.get();
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

struct Ends {
  std::uint64_t done = 0;
  std::uint64_t dead = 0;
};

// By event: how its deliveries ended, by the records.
std::map<std::string, Ends> read_ends(EventQueue& queue) {
  std::map<std::string, Ends> ends;
  std::string cursor;
  while (true) {
    const auto page = ask<EventCompletionPage>([&](EventCallback<EventCompletionPage> done) {
      queue.completions(cursor, EventQueue::kMaxPage, std::move(done));
    });
    for (const EventCompletion& completion : page.completions) {
      const DeliveryRecord record = events::read_record(completion);
      Ends& of_event = ends[record.event_id];
      ++(record.dead ? of_event.dead : of_event.done);
    }
    if (page.completions.empty()) return ends;
    cursor = page.cursor;
  }
}

std::map<std::string, std::uint64_t> read_dead_letters(EventQueue& queue) {
  std::map<std::string, std::uint64_t> dead;
  EventPeek request;
  request.dead = true;
  request.limit = EventQueue::kMaxPage;
  request.payloads = false;
  while (true) {
    using Page = std::vector<EventDelivery>;
    const Page page =
        ask<Page>([&](EventCallback<Page> done) { queue.peek(request, std::move(done)); });
    for (const EventDelivery& letter : page) ++dead[letter.event_id];
    if (page.empty()) return dead;
    request.after = page.back().id;
  }
}

}  // namespace

std::size_t Reports::take(const std::string& text) {
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("A ")) acknowledged_.insert(line.substr(2));
    if (line.starts_with("S ")) began(line.substr(2));
  }
  return at;
}

void Reports::began(const std::string& line) {
  std::istringstream words(line);
  std::string tenant;
  std::uint64_t key = 0;
  std::uint64_t number = 0;
  words >> tenant >> key >> number;
  ++begun_[tenant + "/" + std::to_string(key) + "/" + std::to_string(number)];
  if (key == 3) return;  // those have none
  const std::string order =
      tenant + "/" + std::to_string(key) + "/" + std::to_string(number / kOfOneProcess);
  // The same one may begin again, an earlier one never.
  std::uint64_t& furthest = furthest_[order];
  if (number < furthest) ++order_violations_;
  furthest = std::max(furthest, number);
}

Verdict judge(EventQueue& queue, const Reports& reports) {
  Verdict verdict;
  verdict.acknowledged = reports.acknowledged().size();
  verdict.order_violations = reports.order_violations();
  const auto ends = read_ends(queue);
  const auto dead = read_dead_letters(queue);
  for (const auto& [event, end] : ends) {
    verdict.done += end.done;
    verdict.dead_lettered += end.dead;
    if (end.done + end.dead > 1) ++verdict.duplicate_settlements;
    const auto letters = dead.find(event);
    const std::uint64_t there = letters == dead.end() ? 0 : letters->second;
    if (there != end.dead) ++verdict.duplicate_settlements;
    if (end.done > 0 && !reports.begun().contains(event)) ++verdict.never_begun;
  }
  for (const std::string& event : reports.acknowledged()) {
    if (!ends.contains(event)) ++verdict.lost;
  }
  return verdict;
}

}  // namespace sublet::faults
