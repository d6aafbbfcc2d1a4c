// EXPECT ANY: writes to the host object
// SPDX-License-Identifier: Apache-2.0
for (const change of [() => { host.print = 1; }, () => delete host.print, () => Object.freeze(host), () => Object.setPrototypeOf(host, {}), () => Object.defineProperty(host, "x", { value: 1 })]) {
  try {
    change();
  } catch {}
}
await host.print("still");
