// EXPECT CONTAINED: a thenable that answers with a thenable
// SPDX-License-Identifier: Apache-2.0
const next = () => ({ then: (resolve) => resolve(next()) });
await next();
