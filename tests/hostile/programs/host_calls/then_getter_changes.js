// EXPECT ANY: a result whose `then` is another each time
// SPDX-License-Identifier: Apache-2.0
let n = 0;
globalThis.handler = () => ({ get then() { return n++ % 2 ? undefined : (resolve) => resolve({ n }); } });
