// EXPECT CONTAINED: getCanonicalLocales believes a length
// SPDX-License-Identifier: Apache-2.0
Intl.getCanonicalLocales({ length: 2 ** 50 });
