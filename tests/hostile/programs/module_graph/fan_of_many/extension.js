// EXPECT ANY: twelve modules that all import each other
// SPDX-License-Identifier: Apache-2.0
import "./m0.js";
import "./m1.js";
import "./m2.js";
import "./m3.js";
import "./m4.js";
import "./m5.js";
import "./m6.js";
import "./m7.js";
import "./m8.js";
import "./m9.js";
import "./m10.js";
import "./m11.js";
export const run = () => 1;
