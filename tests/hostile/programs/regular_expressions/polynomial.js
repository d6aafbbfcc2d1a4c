// EXPECT CONTAINED: three stars in a row: cubic
// SPDX-License-Identifier: Apache-2.0
/n*n*n*o/.test("n".repeat(40_000));
