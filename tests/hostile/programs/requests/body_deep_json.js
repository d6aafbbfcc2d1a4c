// EXPECT ANY: a body that is nested too deeply
// SPDX-License-Identifier: Apache-2.0
let deep = {};
for (let i = 0; i < 1e5; i++) deep = { deep };
try { Response.json(deep); } catch {}
await new Response("[".repeat(1e5) + "]".repeat(1e5)).json().catch(() => {});
