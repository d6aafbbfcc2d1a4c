// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/schema.h"

// From a path to a database that can be used. All of these throw Failure.
namespace sublet::adapters::sqlite {

// Which one, and how it is used.
struct DatabaseFile {
  std::filesystem::path path;  // a plain one
  std::chrono::milliseconds busy_timeout{0};
  bool wait_for_disk = true;
  const Schema* schema = nullptr;  // outlives this
};

// Makes an empty file that only this process's user can read; answers whether it was made, and not
// there before.
bool make_private_file(const std::filesystem::path& file);

// What SQLite takes for nothing but a file's name.
std::filesystem::path plain_path(const std::filesystem::path& path);

// Opens the file, refuses what is not ours or is damaged, migrates it. Until it is accepted, not a
// byte of the file is changed.
std::unique_ptr<Connection> open_for_writing(const DatabaseFile& file);
// A further connection to a file that was accepted.
std::unique_ptr<Connection> open_for_reading(const DatabaseFile& file);

// What is beside the database while it is open.
std::filesystem::path log_of(const std::filesystem::path& file);

}  // namespace sublet::adapters::sqlite
