// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/postgres/single_call.h"
#include "adapters/postgres/store_settings.h"

namespace sublet::adapters::postgres {

// A call of the key-value store that is a transaction of its own.
class KeyValueCall : public SingleCall {
 public:
  explicit KeyValueCall(const PostgresKeyValueOptions& options) : options_(options) {}

 protected:
  const PostgresKeyValueOptions& options() const noexcept { return options_; }
  KeyValueTime now() const { return now_of(options_.clock); }

  void send_timeout(Sender& sender) const {
    Parameters parameters;
    parameters.number(options_.statement_timeout.count() * kLongWork);
    sender.statement(StatementId::kSetTimeout, parameters);
  }

 private:
  const PostgresKeyValueOptions& options_;
};

template <typename T>
using KeyValueAnswer = AnsweringCall<T, KeyValueCall>;

}  // namespace sublet::adapters::postgres
