// EXPECT CONTAINED: termination cannot be caught
// SPDX-License-Identifier: Apache-2.0
for (;;) { try { for (;;); } catch {} }
