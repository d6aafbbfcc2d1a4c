// EXPECT CONTAINED: parameters of an iterator without end
// SPDX-License-Identifier: Apache-2.0
new URLSearchParams({ *[Symbol.iterator]() { for (;;) yield ["a", "b"]; } });
