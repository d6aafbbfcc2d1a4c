// EXPECT ANY: URL, structuredClone and console with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => { try { dive(); } catch {} if (n++ < 300) try { new URL("http://h/" + n).href; structuredClone({ n: [n] }); console.log({ n }); new TextEncoder().encode("x"); } catch {} };
dive();
