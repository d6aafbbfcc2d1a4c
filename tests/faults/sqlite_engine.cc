// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "faults/engine.h"
#include "sublet/adapters/sqlite_key_value_store.h"

namespace sublet::faults {
namespace {

// A file in a folder of its own; the process that made the folder removes it.
class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(std::string place) : place_(std::move(place)) {}
  ~SqliteEngine() override {
    std::error_code ignored;
    if (made_) std::filesystem::remove_all(place_, ignored);
  }

  void prepare() override {
    place_ = (std::filesystem::temp_directory_path() / "sublet_faults_XXXXXX").string();
    if (::mkdtemp(place_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    made_ = true;
  }

  std::shared_ptr<KeyValueStore> open() override {
    SqliteKeyValueOptions options;
    options.path = std::filesystem::path(place_) / "store.db";
    auto store = SqliteKeyValueStore::open(options);
    if (!store.has_value()) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

  std::vector<std::string> arguments() const override { return {"--place", place_}; }

 private:
  std::string place_;
  bool made_ = false;
};

}  // namespace

std::unique_ptr<Engine> make_sqlite_engine(const std::string& place) {
  return std::make_unique<SqliteEngine>(place);
}

}  // namespace sublet::faults
