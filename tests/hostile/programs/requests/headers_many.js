// EXPECT CONTAINED: headers without end, listed again after each
// SPDX-License-Identifier: Apache-2.0
const h = new Headers();
for (let i = 0; ; i++) {
  h.append(`x${i}`, "y");
  h.keys().next();
}
