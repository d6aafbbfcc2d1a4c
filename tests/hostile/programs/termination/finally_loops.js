// EXPECT CONTAINED: finally does not run after termination
// SPDX-License-Identifier: Apache-2.0
try { for (;;); } finally { for (;;); }
