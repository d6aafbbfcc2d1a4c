// EXPECT CONTAINED: waits by the date
// SPDX-License-Identifier: Apache-2.0
const end = Date.now() + 1e9;
while (Date.now() < end);
