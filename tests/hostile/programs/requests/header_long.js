// EXPECT ANY: values and names of millions of characters
// SPDX-License-Identifier: Apache-2.0
new Headers({ a: " ".repeat(8e6) + "x" }).get("a");
try { new Headers({ ["n".repeat(2e6)]: "" }); } catch {}
try { new Request("https://a.test/", { method: "m".repeat(2e6) }); } catch {}
