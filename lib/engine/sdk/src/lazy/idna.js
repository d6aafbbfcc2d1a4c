// SPDX-License-Identifier: Apache-2.0
// Host names that are not plain ASCII. Apart from "url", since the tables are large.
import * as tr46 from "tr46";

sdkResult = { __proto__: null, toASCII: tr46.toASCII };
