// EXPECT EXCEPTION: a generator that resumes itself
// SPDX-License-Identifier: Apache-2.0
const g = (function* () { g.next(); yield 1; })();
g.next();
