// EXPECT CONTAINED: the warning of the soft limit is ignored
// SPDX-License-Identifier: Apache-2.0
limits.signal.addEventListener("abort", () => { for (;;); });
for (;;);
