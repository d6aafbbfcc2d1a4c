// EXPECT CONTAINED: Promise.race of what never ends
// SPDX-License-Identifier: Apache-2.0
Promise.race({ *[Symbol.iterator]() { for (;;) yield new Promise(() => {}); } });
