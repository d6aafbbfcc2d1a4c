// EXPECT ANY: captures, 10000 deep
// SPDX-License-Identifier: Apache-2.0
new RegExp('('.repeat(10000) + 'a' + ')'.repeat(10000)).test('aaa');
