// EXPECT OK: an invocation sees its own tenant
// SPDX-License-Identifier: Apache-2.0
if (!/^hostile-[0-9]+$/.test(event.tenant)) throw new Error(event.tenant);
