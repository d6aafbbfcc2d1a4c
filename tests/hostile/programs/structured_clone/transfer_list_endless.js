// EXPECT CONTAINED: a transfer list without end
// SPDX-License-Identifier: Apache-2.0
structuredClone(1, { transfer: { *[Symbol.iterator]() { for (;;) yield new ArrayBuffer(1); } } });
