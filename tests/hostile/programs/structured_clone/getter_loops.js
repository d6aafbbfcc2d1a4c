// EXPECT CONTAINED: a getter that loops
// SPDX-License-Identifier: Apache-2.0
structuredClone({ get x() { for (;;); } });
