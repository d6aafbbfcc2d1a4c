// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sublet/sublet.h>

#include <filesystem>
#include <string>

#include "stand_ins.h"

// What a host does before an extension can sync.
namespace ticket_sync {

// Where the certificate that the stand-ins are trusted by is put.
std::filesystem::path ca_file(const std::filesystem::path& folder);

// Reaches both stand-ins and nothing else, keeps everything in `folder`.
sublet::Result<sublet::HostOptions> host_options(const StandIns& stand_ins,
                                                 const std::filesystem::path& folder);

// Installs the extension with what an administrator of the tenant typed in.
sublet::Result<void> install(sublet::ExtensionHost& host, const StandIns& stand_ins,
                             const std::string& tenant);

// Goes through OAuth's flow as the administrator's browser does.
sublet::Result<void> connect_tracker(sublet::ExtensionHost& host, const StandIns& stand_ins,
                                     const std::string& tenant,
                                     const std::filesystem::path& folder);

}  // namespace ticket_sync
