// EXPECT CONTAINED: finally begins anew
// SPDX-License-Identifier: Apache-2.0
const again = () => Promise.resolve().finally(again);
await again();
