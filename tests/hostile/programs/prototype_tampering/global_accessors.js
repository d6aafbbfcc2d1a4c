// EXPECT ANY: all globals are accessors that loop
// SPDX-License-Identifier: Apache-2.0
for (const key of ["Object", "Array", "Promise", "Error", "JSON", "String", "Reflect", "Symbol"]) {
  Object.defineProperty(globalThis, key, { get() { for (;;); } });
}
globalThis.handler = () => 1;
