// EXPECT CONTAINED: classes, each with members of its own
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(class { #a = 1; static b = []; get c() { return this.#a; } });
