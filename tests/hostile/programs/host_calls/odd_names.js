// EXPECT ANY: names that mean something elsewhere
// SPDX-License-Identifier: Apache-2.0
for (const name of ["__proto__", "constructor", "prototype", "", ".", "..", "../print", "host:print", "print ", "PRINT", "toString", "0", "\ud800"]) {
  try {
    await host[name]();
  } catch {}
}
