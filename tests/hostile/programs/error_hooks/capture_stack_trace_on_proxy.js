// EXPECT ANY: captureStackTrace on a proxy that loops
// SPDX-License-Identifier: Apache-2.0
Error.captureStackTrace(new Proxy({}, { defineProperty() { for (;;); }, isExtensible() { for (;;); } }));
