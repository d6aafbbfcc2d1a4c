// EXPECT EXCEPTION: an async function without an await before the call
// SPDX-License-Identifier: Apache-2.0
const f = async () => { await f(); };
await f();
