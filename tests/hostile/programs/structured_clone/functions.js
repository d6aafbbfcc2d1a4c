// EXPECT EXCEPTION: a function is no data
// SPDX-License-Identifier: Apache-2.0
structuredClone(() => {});
