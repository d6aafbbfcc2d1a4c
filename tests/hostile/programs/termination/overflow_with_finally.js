// EXPECT CONTAINED: each frame dives again when the stack is full
// SPDX-License-Identifier: Apache-2.0
const dive = () => { try { dive(); } finally { dive(); } };
dive();
