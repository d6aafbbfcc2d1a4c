// EXPECT ANY: classes over all planes
// SPDX-License-Identifier: Apache-2.0
new RegExp("[\\u{1}-\\u{10fffe}]".repeat(2000), "iu").test("\u{1f600}".repeat(2000));
