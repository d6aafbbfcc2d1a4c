// EXPECT ANY: lookaheads, 100000 deep: V8 compiles them by recursion and looks at no stack
// SPDX-License-Identifier: Apache-2.0
new RegExp('(?='.repeat(100000) + 'a' + ')'.repeat(100000)).test('a');
