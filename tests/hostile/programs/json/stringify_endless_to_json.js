// EXPECT CONTAINED: toJSON that answers with something new each time
// SPDX-License-Identifier: Apache-2.0
const next = () => ({ toJSON: () => [next()] });
JSON.stringify(next());
