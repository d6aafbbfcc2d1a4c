// EXPECT CONTAINED: an async iterator that is always ready
// SPDX-License-Identifier: Apache-2.0
for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => ({ value: 1 }) }) });
