// EXPECT ANY: attributes of a locale without end
// SPDX-License-Identifier: Apache-2.0
const tag = "en-u-" + Array.from({ length: 1e5 }, (_, i) => "a" + (i + 1e6).toString(36)).join("-");
try { new Intl.Locale(tag).toString(); } catch {}
[tag].toLocaleString(tag.slice(0, 1e5));
