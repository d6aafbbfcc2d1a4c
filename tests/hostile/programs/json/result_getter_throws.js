// EXPECT EXCEPTION: the result throws while it is made text
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ({ get broken() { throw new RangeError("in a getter"); } });
