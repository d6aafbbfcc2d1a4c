// EXPECT CONTAINED: a rest element takes all
// SPDX-License-Identifier: Apache-2.0
const [first, ...rest] = { *[Symbol.iterator]() { for (;;) yield "r"; } };
