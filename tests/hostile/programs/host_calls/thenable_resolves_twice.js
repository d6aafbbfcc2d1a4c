// EXPECT ANY: a thenable that resolves and rejects, many times
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ({ then(resolve, reject) { for (let i = 0; i < 1e5; i++) { resolve(i); reject(i); } } });
