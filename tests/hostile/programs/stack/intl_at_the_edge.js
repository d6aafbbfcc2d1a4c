// EXPECT ANY: Intl with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => { try { dive(); } catch {} if (n++ < 100) try { new Intl.DateTimeFormat("de", { dateStyle: "full" }).format(n); "\u00e4".localeCompare("z"); "a\u0301".normalize(); } catch {} };
dive();
