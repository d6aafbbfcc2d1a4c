// EXPECT CONTAINED: an import from outside the bundle
// SPDX-License-Identifier: Apache-2.0
import secret from "../../../../etc/passwd";
export const run = () => 1;
