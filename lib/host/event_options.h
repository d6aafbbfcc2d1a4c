// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "events/delivery_records.h"
#include "events/members.h"
#include "events/pump.h"
#include "sublet/extension_host.h"
#include "sublet/result.h"

namespace sublet::host {

// kInvalidArgument, naming the option and its range.
Result<void> check_event_options(const HostEventOptions& options);

events::MemberOptions member_options(const HostEventOptions& options);
events::PumpOptions pump_options(const HostEventOptions& options);
events::DeliveryRecordOptions record_options(const HostEventOptions& options);

// The queue that the options name, or the embedded default; null where there is none.
Result<std::shared_ptr<EventQueue>> open_event_queue(const HostOptions& options);

}  // namespace sublet::host
