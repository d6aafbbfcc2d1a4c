// EXPECT CONTAINED: a generator without end is read
// SPDX-License-Identifier: Apache-2.0
function* count() { for (let i = 0; ; i++) yield i; }
for (const n of count());
