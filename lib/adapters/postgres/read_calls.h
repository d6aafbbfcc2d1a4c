// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/key_value_call.h"

// The calls that only read. Each reads in one statement, and so sees one moment.
namespace sublet::adapters::postgres {

class GetCall final : public KeyValueAnswer<std::vector<std::optional<KeyValueEntry>>> {
 public:
  GetCall(const PostgresKeyValueOptions& options, KeyValueGet request);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const KeyValueGet request_;
};

class ListCall final : public KeyValueAnswer<KeyValuePage> {
 public:
  ListCall(const PostgresKeyValueOptions& options, KeyValueList request);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const KeyValueList request_;
};

class UsageCall final : public KeyValueAnswer<KeyValueUsage> {
 public:
  UsageCall(const PostgresKeyValueOptions& options, std::string tenant);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const std::string tenant_;
};

class SpacesCall final : public KeyValueAnswer<std::map<std::string, KeyValueUsage>> {
 public:
  SpacesCall(const PostgresKeyValueOptions& options, std::string tenant);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  bool alone() const noexcept override { return true; }

 private:
  const std::string tenant_;
};

class TenantsCall final : public KeyValueAnswer<std::vector<std::string>> {
 public:
  TenantsCall(const PostgresKeyValueOptions& options, std::string after, std::uint32_t limit);
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const std::string after_;
  const std::uint32_t limit_;
};

}  // namespace sublet::adapters::postgres
