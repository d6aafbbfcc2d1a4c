// EXPECT OK: the functions of the SDK are as they were
// SPDX-License-Identifier: Apache-2.0
for (const f of [setTimeout, clearTimeout, structuredClone, queueMicrotask, atob, btoa, fetch]) {
  if (f.planted !== undefined) throw new Error(f.name);
  f.planted = 1;
}
