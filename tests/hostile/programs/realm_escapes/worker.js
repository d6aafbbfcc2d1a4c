// EXPECT EXCEPTION: a thread of its own
// SPDX-License-Identifier: Apache-2.0
new Worker("./extension.js");
