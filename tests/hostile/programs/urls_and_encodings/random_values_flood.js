// EXPECT CONTAINED: random values for ever
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(65536);
for (;;) crypto.getRandomValues(a);
