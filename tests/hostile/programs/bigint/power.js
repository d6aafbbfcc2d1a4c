// EXPECT CONTAINED: a power of thirty million
// SPDX-License-Identifier: Apache-2.0
const n = 7n ** 20_000_000n;
globalThis.handler = () => String(n % 10n);
