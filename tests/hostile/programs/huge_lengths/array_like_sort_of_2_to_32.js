// EXPECT CONTAINED: a length that no array can have, handed to the sort: V8 gives up on the process
// SPDX-License-Identifier: Apache-2.0
Array.prototype.sort.call({ length: 4294967296 });
