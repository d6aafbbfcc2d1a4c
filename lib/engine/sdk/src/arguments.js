// SPDX-License-Identifier: Apache-2.0
// What a host call's arguments may be.
import { freeze, keys, RangeError, trunc } from "./primordials.js";

const { longestText } = native;
const kLong = 1 << 20;

// The text of the arguments is a second one of this length, in the same heap.
export function checkArgument(path, value) {
  if (typeof value !== "string" || value.length <= kLong) return;
  const most = trunc(longestText() / 2);
  if (value.length <= most) return;
  throw new RangeError(
    `the arguments of ${path}: a text of ${value.length} characters, where half the heap ` +
      `holds ${most} (heap)`,
  );
}

// An object of functions that nobody can change.
export function freezeAll(functions) {
  const names = keys(functions);
  for (let i = 0; i < names.length; i++) freeze(functions[names[i]]);
  return freeze(functions);
}
