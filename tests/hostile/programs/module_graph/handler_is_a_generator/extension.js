// EXPECT ANY: the handler is a generator
// SPDX-License-Identifier: Apache-2.0
export function* run() { for (;;) yield 1; }
