// EXPECT CONTAINED: while an argument of a host call is made text
// SPDX-License-Identifier: Apache-2.0
for (;;) { try { await host.print({ toJSON() { for (;;); } }); } catch {} }
