// EXPECT ANY: negative lookbehinds, 50000 deep: V8 compiles them by recursion and looks at no stack
// SPDX-License-Identifier: Apache-2.0
new RegExp('(?<!'.repeat(50000) + 'a' + ')'.repeat(50000)).test('a');
