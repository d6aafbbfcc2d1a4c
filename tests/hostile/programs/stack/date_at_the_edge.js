// EXPECT ANY: dates with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => { try { dive(); } catch {} if (n++ < 500) try { new Date("2021-03-28T02:30").toString(); new Date(n).toLocaleTimeString("fr"); } catch {} };
dive();
