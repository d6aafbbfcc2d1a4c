// EXPECT CONTAINED: keys that believe a length
// SPDX-License-Identifier: Apache-2.0
Reflect.ownKeys(new Proxy({}, { ownKeys: () => ({ length: 2 ** 40 }) }));
