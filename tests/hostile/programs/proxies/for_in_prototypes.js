// EXPECT CONTAINED: prototypes without end
// SPDX-License-Identifier: Apache-2.0
const endless = new Proxy({}, { getPrototypeOf: () => endless, ownKeys: () => [] });
for (const key in new Proxy({}, { getPrototypeOf: () => endless })) key;
