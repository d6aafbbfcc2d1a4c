// EXPECT CONTAINED: an import by an absolute path
// SPDX-License-Identifier: Apache-2.0
import "/etc/hosts.js";
export const run = () => 1;
