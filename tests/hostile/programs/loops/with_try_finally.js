// EXPECT CONTAINED: finally continues the loop
// SPDX-License-Identifier: Apache-2.0
for (;;) { try { continue; } finally { continue; } }
