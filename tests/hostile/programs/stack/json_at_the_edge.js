// EXPECT ANY: JSON with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const text = "[".repeat(60) + "]".repeat(60);
const dive = () => { try { dive(); } catch {} if (n++ < 2000) try { JSON.stringify(JSON.parse(text)); } catch {} };
dive();
