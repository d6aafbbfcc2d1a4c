// EXPECT CONTAINED: functions bound to functions
// SPDX-License-Identifier: Apache-2.0
let f = () => {};
for (;;) f = f.bind(null, 1, 2, 3);
