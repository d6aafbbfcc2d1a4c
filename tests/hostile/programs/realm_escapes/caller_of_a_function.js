// EXPECT ANY: who called
// SPDX-License-Identifier: Apache-2.0
const f = function () { return f.caller; };
try { f(); } catch {}
return typeof f.arguments;
