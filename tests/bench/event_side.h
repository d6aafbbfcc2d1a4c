// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "bench/host_side.h"
#include "bench/scratch_folder.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::bench {

// Waits for one answer of a queue; throws where it is an error.
template <typename T>
T ask(const std::function<void(EventCallback<T>)>& start) {
  std::promise<Result<T>> promise;
  start([&](Result<T> result) { promise.set_value(std::move(result)); });
  return checked(promise.get_future().get());
}

// `count` deliveries of one queue, as fast as they go in.
void fill(EventQueue& queue, const EventQueueName& name, std::uint64_t count);

// Claims `batch` of a queue and settles them; answers how many there were.
std::size_t work_off(EventQueue& queue, const EventQueueName& name, std::uint32_t batch);

}  // namespace sublet::bench
