// EXPECT EXCEPTION: as large as the language allows
// SPDX-License-Identifier: Apache-2.0
new Float64Array(2 ** 33);
