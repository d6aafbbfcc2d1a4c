// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every public header. The only one an embedding program needs.

#include "sublet/error.h"
#include "sublet/event.h"
#include "sublet/export.h"
#include "sublet/extension.h"
#include "sublet/extension_host.h"
#include "sublet/host_function.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/observer.h"
#include "sublet/result.h"
#include "sublet/tenant.h"
#include "sublet/version.h"
