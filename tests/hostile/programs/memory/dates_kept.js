// EXPECT CONTAINED: dates, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push(new Date(i * 1e7).toISOString(), new Date(i));
