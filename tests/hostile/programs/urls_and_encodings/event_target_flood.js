// EXPECT CONTAINED: listeners that dispatch the event that they listen to
// SPDX-License-Identifier: Apache-2.0
const t = new EventTarget();
t.addEventListener("x", () => t.dispatchEvent(new Event("x")));
for (;;) try { t.dispatchEvent(new Event("x")); } catch {}
