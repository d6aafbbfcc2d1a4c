// EXPECT EXCEPTION: import of a data URL
// SPDX-License-Identifier: Apache-2.0
await import("data:text/javascript,export default 1");
