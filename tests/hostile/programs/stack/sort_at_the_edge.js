// EXPECT ANY: sort with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => { try { dive(); } catch {} if (n++ < 300) try { new Float64Array(3000).map(() => Math.random()).sort(); [3, 1, 2].sort(); } catch {} };
dive();
