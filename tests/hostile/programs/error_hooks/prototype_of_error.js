// EXPECT ANY: Error.prototype has accessors that loop
// SPDX-License-Identifier: Apache-2.0
for (const key of ["name", "message", "stack", "toString"]) {
  Object.defineProperty(Error.prototype, key, { get() { for (;;); } });
}
null.x;
