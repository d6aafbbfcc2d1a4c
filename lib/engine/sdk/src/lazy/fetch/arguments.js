// SPDX-License-Identifier: Apache-2.0
const { TypeError } = core.primordials;

// What Web IDL asks of every call.
export function need(given, least, what) {
  if (given < least) throw new TypeError(`${what} needs ${least} argument${least > 1 ? "s" : ""}`);
}

// The options of a constructor; undefined where there are none.
export function optionsOf(value, what) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" && typeof value !== "function") {
    throw new TypeError(`The options of ${what} must be an object`);
  }
  return value;
}
