// EXPECT CONTAINED: each overflow is caught and caused again
// SPDX-License-Identifier: Apache-2.0
const dive = () => { try { dive(); } catch { dive(); } };
dive();
