// EXPECT CONTAINED: parameters that grow while they are read
// SPDX-License-Identifier: Apache-2.0
const p = new URLSearchParams("a=1");
p.forEach((value, key) => p.append(key, value));
