// EXPECT CONTAINED: an import of a module of Node
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
export const run = () => fs.readFileSync("/etc/passwd", "utf8");
