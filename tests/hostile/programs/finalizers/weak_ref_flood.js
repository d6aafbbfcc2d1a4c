// EXPECT CONTAINED: weak references without end
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new WeakRef({}));
