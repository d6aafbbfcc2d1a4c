// EXPECT CONTAINED: made from what never ends
// SPDX-License-Identifier: Apache-2.0
new Uint8Array({ *[Symbol.iterator]() { for (;;) yield 1; } });
