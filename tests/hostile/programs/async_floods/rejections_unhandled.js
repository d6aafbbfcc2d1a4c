// EXPECT CONTAINED: rejections that nobody handles
// SPDX-License-Identifier: Apache-2.0
for (;;) Promise.reject(new Error("nobody"));
