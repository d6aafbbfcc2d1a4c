// EXPECT CONTAINED: accessors, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push(Object.defineProperty({}, "p" + (i % 100), { get: () => i, set() {} }));
