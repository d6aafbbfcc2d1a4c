// EXPECT EXCEPTION: the answer never comes
// SPDX-License-Identifier: Apache-2.0
await new Promise(() => {});
