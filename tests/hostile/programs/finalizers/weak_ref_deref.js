// EXPECT CONTAINED: waits for a collection that never takes it
// SPDX-License-Identifier: Apache-2.0
const o = {};
const ref = new WeakRef(o);
while (ref.deref() === o);
