// EXPECT OK: no global of an earlier invocation or of another tenant
// SPDX-License-Identifier: Apache-2.0
if (globalThis.leftBehind !== undefined) throw new Error("found a global");
globalThis.leftBehind = event.id;
