// EXPECT ANY: a format text of many directives
// SPDX-License-Identifier: Apache-2.0
console.log("%s%d%o%j".repeat(200_000), ...new Array(1000).fill({ a: [1] }));
