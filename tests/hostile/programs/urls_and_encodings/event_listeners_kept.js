// EXPECT CONTAINED: listeners without end
// SPDX-License-Identifier: Apache-2.0
const t = new EventTarget();
for (let i = 0; ; i++) t.addEventListener("e" + i, () => i);
