// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every public header. The only one an embedding program needs.

#include "sublet/adapters/encrypted_key_value_store.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/adapters/key_value_update.h"
#include "sublet/adapters/memory_key_value_store.h"
#include "sublet/adapters/postgres_key_value_store.h"
#include "sublet/adapters/sqlite_key_value_store.h"
#include "sublet/environment.h"
#include "sublet/error.h"
#include "sublet/event.h"
#include "sublet/export.h"
#include "sublet/extension.h"
#include "sublet/extension_host.h"
#include "sublet/host_function.h"
#include "sublet/invocation.h"
#include "sublet/key_value_data.h"
#include "sublet/limits.h"
#include "sublet/observer.h"
#include "sublet/result.h"
#include "sublet/tenant.h"
#include "sublet/version.h"
