// EXPECT CONTAINED: supportedLocalesOf believes a length
// SPDX-License-Identifier: Apache-2.0
Intl.Collator.supportedLocalesOf({ length: 2 ** 45 });
