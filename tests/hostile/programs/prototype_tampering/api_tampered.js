// EXPECT ANY: what the host handed over is changed
// SPDX-License-Identifier: Apache-2.0
for (const o of [host, log, limits, limits.signal, event]) {
  try { o.constructor = null; } catch {}
  try { Object.setPrototypeOf(o, { then() { for (;;); } }); } catch {}
  try { Object.defineProperty(o, "then", { get() { for (;;); } }); } catch {}
}
log("still here");
await host.print(limits.remaining());
