// EXPECT CONTAINED: the iterator of arguments is replaced
// SPDX-License-Identifier: Apache-2.0
function f() {
  arguments[Symbol.iterator] = function* () { for (;;) yield 1; };
  return Math.max(...arguments);
}
f();
