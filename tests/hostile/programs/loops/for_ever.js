// EXPECT CONTAINED: a loop
// SPDX-License-Identifier: Apache-2.0
for (;;);
