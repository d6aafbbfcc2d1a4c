// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "adapters/sqlite/database_file.h"

namespace sublet::adapters::sqlite {

// Copies the database of an open store, as of one moment, to a file that does not exist; it appears
// there whole or not at all. Throws Failure.
void back_up(const DatabaseFile& file, const std::filesystem::path& to);

}  // namespace sublet::adapters::sqlite
