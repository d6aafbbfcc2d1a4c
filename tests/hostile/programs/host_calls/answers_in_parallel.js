// EXPECT ANY: sixty large answers at once
// SPDX-License-Identifier: Apache-2.0
const all = await Promise.all(Array.from({ length: 60 }, () => host.large()));
globalThis.handler = () => all.length;
