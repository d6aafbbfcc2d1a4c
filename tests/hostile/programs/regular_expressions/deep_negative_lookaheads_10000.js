// EXPECT ANY: negative lookaheads, 10000 deep: V8 compiles them by recursion and looks at no stack
// SPDX-License-Identifier: Apache-2.0
new RegExp('(?!'.repeat(10000) + 'a' + ')'.repeat(10000)).test('a');
