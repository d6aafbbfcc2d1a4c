// EXPECT CONTAINED: Hangul is taken apart and put together again
// SPDX-License-Identifier: Apache-2.0
let s = "\uac01\ub098".repeat(500);
for (;;) s = s.normalize("NFD").normalize("NFC");
