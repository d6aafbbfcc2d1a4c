// EXPECT OK: a promise of an earlier invocation does not go on in this one
// SPDX-License-Identifier: Apache-2.0
if (globalThis.late !== undefined) throw new Error("late");
host.never().catch(() => { globalThis.late = 1; });
await null;
