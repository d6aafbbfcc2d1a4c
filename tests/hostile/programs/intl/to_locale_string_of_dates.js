// EXPECT ANY: a formatter is made for each toLocaleString
// SPDX-License-Identifier: Apache-2.0
const d = new Date(0);
for (let i = 0; i < 1e5; i++) d.toLocaleString(["ar", "th", "ja", "hi"][i % 4], { timeZone: ["Asia/Tokyo", "Europe/Paris", "America/Lima"][i % 3] });
