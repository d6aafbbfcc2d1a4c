// EXPECT OK: what the host hands over carries nothing
// SPDX-License-Identifier: Apache-2.0
for (const o of [host, log, limits, limits.signal]) {
  if (Object.getOwnPropertyDescriptor(o, "planted") !== undefined) throw new Error("planted");
  try { o.planted = event.id; } catch {}
}
