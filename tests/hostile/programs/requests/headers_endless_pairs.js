// EXPECT CONTAINED: headers of an iterator that never ends
// SPDX-License-Identifier: Apache-2.0
new Headers((function* () {
  for (;;) yield ["a", "b"];
})());
