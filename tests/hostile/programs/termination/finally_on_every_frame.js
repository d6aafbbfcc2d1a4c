// EXPECT CONTAINED: a finally on each of a thousand frames
// SPDX-License-Identifier: Apache-2.0
const dive = (n) => { try { if (n > 0) dive(n - 1); for (;;); } finally { for (;;); } };
dive(1000);
