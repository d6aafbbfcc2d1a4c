// EXPECT ANY: promises with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => { try { dive(); } catch {} if (n++ < 1000) try { Promise.resolve(1).then(() => n); (async () => { await 1; })(); } catch {} };
dive();
