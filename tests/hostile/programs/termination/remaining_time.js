// EXPECT CONTAINED: works until just before the end, and then some
// SPDX-License-Identifier: Apache-2.0
while (limits.remaining().cpuMs > 1);
for (;;);
