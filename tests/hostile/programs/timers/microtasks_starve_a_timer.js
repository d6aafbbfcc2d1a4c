// EXPECT CONTAINED: microtasks never let the timer run
// SPDX-License-Identifier: Apache-2.0
let done = false;
setTimeout(() => (done = true), 0);
while (!done) await null;
