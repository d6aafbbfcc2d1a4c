// EXPECT CONTAINED: an interval keeps the invocation awaiting
// SPDX-License-Identifier: Apache-2.0
setInterval(() => {}, 1);
await new Promise(() => {});
