// EXPECT ANY: half a surrogate pair as an argument
// SPDX-License-Identifier: Apache-2.0
await host.echo("\ud800", { "\udfff": "\udc00" });
