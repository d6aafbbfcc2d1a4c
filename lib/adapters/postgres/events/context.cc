// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/context.h"

#include <exception>
#include <random>
#include <vector>

#include "adapters/postgres/events/mend_call.h"
#include "adapters/postgres/events/names.h"
#include "adapters/postgres/single_call.h"

namespace sublet::adapters::postgres {
namespace {

std::string make_sender() {
  std::random_device random;
  return std::to_string(random()) + std::to_string(random());
}

// Nobody waits for it, and who misses it looks by and by.
class NotifyCall final : public SingleCall {
 public:
  NotifyCall(std::string channel, std::string text, std::function<void()> done)
      : channel_(std::move(channel)), text_(std::move(text)), done_(std::move(done)) {}
  ~NotifyCall() override { tell(); }

  void send(Sender& sender) override {
    Parameters parameters;
    parameters.bytes(channel_).bytes(text_);
    sender.statement(EventStatement::kNotify, parameters);
  }
  void finish() override { tell(); }
  void fail(Error) noexcept override { tell(); }

 private:
  void tell() noexcept {
    if (const auto done = std::exchange(done_, nullptr)) done();
  }

  const std::string channel_;
  const std::string text_;
  std::function<void()> done_;
};

}  // namespace

void Watcher::set(EventWatch watch) {
  auto kept = watch ? std::make_shared<EventWatch>(std::move(watch)) : nullptr;
  base::MutexLock lock(mutex_);
  watch_.swap(kept);
}

void Watcher::tell(std::vector<EventQueueName> queues) noexcept {
  std::shared_ptr<EventWatch> watch;
  {
    base::MutexLock lock(mutex_);
    watch = watch_;
  }
  try {
    if (watch) (*watch)(std::move(queues));
  } catch (...) {
  }
}

EventContext::EventContext(PostgresEventQueueOptions the_options)
    : options(std::move(the_options)),
      lock_class(postgres::lock_class(options.schema)),
      channel(channel_of(options.schema)),
      sender(make_sender()) {}

void EventContext::mend_if_needed() {
  if (mending_ || !clock_.to_mend()) return;
  auto call = std::make_unique<MendCall>(*this);
  mending_ = true;
  submit(std::move(call));
}

void EventContext::mend_ended(bool committed, std::uint64_t leaps) noexcept {
  clock_.mended(leaps);
  mending_ = false;
  try {
    // After a failure the next claim tries again.
    if (committed) mend_if_needed();
  } catch (const std::exception&) {
  }
  if (mending_) return;
  for (const auto& then : std::exchange(behind_mending_, {})) then();
}

void EventContext::changed(std::set<EventQueueName> queues) {
  if (queues.empty()) return;
  watcher.tell({queues.begin(), queues.end()});
  to_notify_.merge(queues);
  notify();
}

void EventContext::notify() {
  if (notifying_ || to_notify_.empty()) return;
  const std::set<EventQueueName> queues = std::exchange(to_notify_, {});
  auto call = std::make_unique<NotifyCall>(channel, notification_of(sender, queues), [this] {
    notifying_ = false;
    try {
      notify();
    } catch (const std::exception&) {
      // No memory: the others look by and by.
    }
  });
  notifying_ = true;
  submit(std::move(call));
}

}  // namespace sublet::adapters::postgres
