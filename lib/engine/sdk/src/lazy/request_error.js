// SPDX-License-Identifier: Apache-2.0
const { define, TypeError } = core.primordials;

export function argumentError(message) {
  const error = new TypeError(`request: ${message}`);
  define(error, "code", "request_argument", true);
  return error;
}
