// EXPECT CONTAINED: old objects point at young ones
// SPDX-License-Identifier: Apache-2.0
const old = Array.from({ length: 100_000 }, () => ({}));
for (let i = 0; ; i++) old[i % 100_000].young = { i };
