// EXPECT ANY: what the host sets has setters on Object.prototype
// SPDX-License-Identifier: Apache-2.0
for (const key of ["data", "name", "id", "attempt", "tenant", "value", "done", "get", "set", "writable"]) {
  Object.defineProperty(Object.prototype, key, { set() { throw new Error("caught " + key); }, get() { return undefined; }, configurable: true });
}
globalThis.handler = () => print("set").then(() => 1);
