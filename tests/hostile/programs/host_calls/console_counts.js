// EXPECT CONTAINED: labels for counts without end
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; ; i++) console.count("label" + i);
