// EXPECT EXCEPTION: yield* of itself
// SPDX-License-Identifier: Apache-2.0
function* self() { yield* self(); }
[...self()];
