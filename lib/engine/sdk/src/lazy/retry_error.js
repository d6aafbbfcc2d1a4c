// SPDX-License-Identifier: Apache-2.0
// Thrown by a handler that wants its event again, and not before a time.
const { define, Error, freeze, max, named, now, timeOf, TypeError } = core.primordials;
const { setRetryAfter } = native;

// The milliseconds since 1970 of a Date; undefined for anything else.
export function timeOfDate(value) {
  if (value === null || typeof value !== "object") return undefined;
  try {
    return timeOf(value);
  } catch {
    return undefined;
  }
}

function waitOf(after) {
  const time = timeOfDate(after);
  const wait = time === undefined ? after * 1000 : max(0, time - now());
  if ((time === undefined && typeof after !== "number") || !(wait >= 0)) {
    throw new TypeError("RetryError: after must be a number of seconds, or a Date");
  }
  return wait;
}

export const RetryError = named(
  "RetryError",
  class extends Error {
    constructor(message = "", options = undefined) {
      super(message);
      // Its own, since the prototype is frozen and subclasses assign it.
      define(this, "name", "RetryError");
      const after = options?.after;
      if (after !== undefined) setRetryAfter(this, waitOf(after));
      if (options?.cause !== undefined) define(this, "cause", options.cause);
    }
  },
);
define(RetryError.prototype, "name", "RetryError");
// What it extends stays what it is: nobody else gets hold of an error that is marked.
freeze(RetryError);
freeze(RetryError.prototype);
