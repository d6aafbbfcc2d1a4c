// EXPECT OK: a timer of an earlier invocation does not run in this one
// SPDX-License-Identifier: Apache-2.0
if (globalThis.ticks !== undefined) throw new Error("ticks of another");
globalThis.ticks = 0;
setInterval(() => globalThis.ticks++, 1);
await new Promise((resolve) => setTimeout(resolve, 4));
if (globalThis.ticks === 0) throw new Error("no tick");
